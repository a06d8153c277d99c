#include "fhir/mapping/report_lines.hpp"

#include <algorithm>

namespace gantry::fhir {
namespace {

using effects::ReportField;
using effects::ReportLine;
using r4::Element;

constexpr std::size_t none = section_count;

std::size_t section_of(Element observation) {
    for (auto coding = observation["code"]["coding"]; coding; coding = coding.again()) {
        const auto* row = section_coded(coding["system"].value(), coding["code"].value());
        if (row) return static_cast<std::size_t>(row - report_sections().data());
    }
    return none;
}

std::size_t section_for(ReportField field) {
    const auto& all = report_sections();
    return static_cast<std::size_t>(
        std::find_if(all.begin(), all.end(), [&](const auto& row) { return row.field == field; }) - all.begin());
}

// A text, a code, or a quantity as people write it.
std::string words_of(Element value) {
    if (!value) return {};
    if (value.has_value()) return std::string(value.value());
    if (value.is("Quantity")) {
        std::string out(value["comparator"].value());
        out.append(value["value"].value());
        const auto unit = value["unit"].value().empty() ? value["code"].value() : value["unit"].value();
        return unit.empty() ? out : out.append(" ").append(unit);
    }
    return value.is("CodeableConcept") ? concept_of(value).words() : std::string();
}

ReportLine line_of(std::size_t section, std::string text) {
    ReportLine out;
    const auto& row = report_sections()[section];
    out.code = row.loinc;
    out.section = row.field;
    out.section_said = true;
    out.text = std::move(text);
    return out;
}

}  // namespace

ReportSections::ReportSections(ResourceReading& reading, Element report, const effects::ReportRecord* own) {
    for_each(report, "result", [&](Element reference) { read_result(reading, reference, own); });
    const auto conclusion = section_for(ReportField::impression);
    const auto said = report["conclusion"].value();
    // The observation has it too, or says it at greater length.
    if (sections_[conclusion].text.empty() || sections_[conclusion].stale)
        if (!said.empty()) sections_[conclusion] = {std::string(said), false};
}

void ReportSections::take(std::size_t section, std::string_view text, bool stale) {
    if (trimmed(text).empty()) return;
    auto& known = sections_[section];
    if (known.text.empty() || known.stale)
        known = {std::string(text), stale};
    else
        known.text.append("\n").append(text);
}

void ReportSections::read_result(ResourceReading& reading, Element reference, const effects::ReportRecord* own) {
    constexpr std::string_view place = "DiagnosticReport.result";
    const auto referred = reading.refer(reference);
    if (referred.to == Referred::To::own && referred.type == "Observation") return read_own(reading, referred.own, own);
    if (referred.to == Referred::To::nothing)
        return reading.fail(ErrorCode::fhir_bad_reference, {}, std::string(place));
    if (referred.to != Referred::To::resource || type_of(referred.resource) != "Observation")
        return reading.lose(place);
    const bool kept = referred.resource.name() == "contained";
    if (!kept) reading.lose_what_is_not_kept(referred.resource);
    const auto text = words_of(referred.resource["value"]);
    if (trimmed(text).empty()) return kept ? void() : reading.lose("Observation.value");
    const auto section = section_of(referred.resource);
    if (section != none) return take(section, text, false);
    const auto label = concept_of(referred.resource["code"]).words();
    others_.push_back(label.empty() ? text : label + ": " + text);
}

// "501-4": the fourth section of that report.
void ReportSections::read_own(ResourceReading& reading, std::string_view id, const effects::ReportRecord* own) {
    constexpr std::string_view place = "DiagnosticReport.result";
    const auto dash = id.find('-');
    const auto report = ResourceReading::own_id(id.substr(0, dash));
    const auto number = dash == std::string_view::npos ? 0 : ResourceReading::own_id(id.substr(dash + 1));
    if (report == 0 || number < 1 || number > static_cast<std::int64_t>(section_count))
        return reading.fail(ErrorCode::fhir_bad_reference, {}, std::string(place));
    const auto section = static_cast<std::size_t>(number - 1);
    const auto field = report_sections()[section].field;
    if (own && own->id.value == report) return take(section, own->fields[field], true);
    const auto known = reading.context.known.report({report});
    if (!known) return reading.fail(ErrorCode::fhir_bad_reference, {}, std::string(place));
    take(section, known->fields[field], true);
}

std::vector<ReportLine> ReportSections::lines(std::string text) const {
    std::vector<ReportLine> out;
    const auto last = section_for(ReportField::addenda);
    const auto& addendum = sections_[last].text;
    const bool text_said = !trimmed(text).empty();
    const bool at_end =
        text_said && !addendum.empty() && text.size() > addendum.size() + 2 && text.ends_with("\n\n" + addendum);
    if (at_end) text.resize(text.size() - addendum.size() - 2);
    ReportLine whole;
    whole.text = std::move(text);
    for (std::size_t i = 0; i < section_count; ++i) {
        const auto& said = sections_[i];
        if (said.text.empty()) continue;
        const auto at = text_said && !(i == last && at_end) ? whole.text.find(said.text) : std::string::npos;
        const bool found = at != std::string::npos;
        if (found) whole.parts.push_back({report_sections()[i].field, at, said.text.size()});
        const bool of_its_own = !found && (!said.stale || !text_said || i == last);
        if (of_its_own) out.push_back(line_of(i, said.text));
    }
    for (const auto& other : others_)
        if (whole.text.find(other) == std::string::npos)
            out.push_back(line_of(section_for(ReportField::findings), other));
    if (!text_said) return out;
    std::sort(whole.parts.begin(), whole.parts.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
    out.insert(out.begin(), std::move(whole));
    return out;
}

}  // namespace gantry::fhir
