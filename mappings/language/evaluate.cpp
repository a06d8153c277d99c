// A message through the document that reads it: acceptance by MSH, then section by section.
#include <algorithm>
#include <charconv>

#include "mappings/language/document.hpp"
#include "mappings/language/notes.hpp"
#include "mappings/language/sections.hpp"

namespace gantry::mappings {
namespace {

effects::Effects rejected(Error error) {
    effects::Effects out;
    out.disposition = effects::Disposition::reject;
    out.error = std::move(error);
    return out;
}

// 2.1 to 2.9, with or without a third number; nothing counts as understood.
bool version_supported(std::string_view version) {
    if (version.empty()) return true;
    if (version.size() < 3 || version.substr(0, 2) != "2." || version[2] < '1' || version[2] > '9') return false;
    return version.substr(3).find_first_not_of(".0123456789") == std::string_view::npos;
}

std::string first_leaf(const hl7::Segment& segment, std::size_t field) {
    return segment.field(field).component(1).subcomponent(1).text();
}

// "ADT^A24", whatever was written there: at most what a message name can have.
std::string name_of(const hl7::Message& message) {
    return std::string(message.type().substr(0, 8)) + "^" + std::string(message.event().substr(0, 8));
}

// A code as it may stand in a sentence; empty for what could be anybody's name, written in the wrong place.
std::string shown(const std::string& code) {
    const bool plain =
        code.size() <= 12 && std::all_of(code.begin(), code.end(), [](char c) {
            return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
        });
    return code.empty() ? "nothing" : plain ? code : std::string();
}

std::string either(const std::vector<std::string>& codes) {
    std::string out;
    for (const auto& code : codes) out += (out.empty() ? "" : " or ") + code;
    return out;
}

// HL7 2.9.2 looks at MSH-9, then at 12, then at 11.
std::optional<Error> version_or_processing(const hl7::Message& message, const MappingContext& context) {
    const auto msh = message.msh();
    const auto version = first_leaf(msh, 12);
    if (!version_supported(version)) return Error{ErrorCode::hl7_unsupported_version, shown(version), "MSH[1]-12"};
    const auto processing = first_leaf(msh, 11);
    const auto& accepted = context.processing_ids;
    if (accepted.empty() || std::find(accepted.begin(), accepted.end(), processing) != accepted.end())
        return std::nullopt;
    const auto sent = shown(processing);
    return Error{ErrorCode::hl7_wrong_processing_id,
                 (sent.empty() ? "another" : sent) + " was sent, " + either(accepted) + " is expected", "MSH[1]-11"};
}

template <class Section>
const Section* applicable(const std::optional<Section>& section, const Frame& frame) {
    return section && section->only_for.applies(frame.type, frame.event) ? &*section : nullptr;
}

void add_key(effects::Effects& effects, const effects::Identifier& patient) {
    const auto key = ordering_key(patient);
    auto& keys = effects.ordering_key;
    const auto all = effects::key_separator + keys + effects::key_separator;
    if (all.find(effects::key_separator + key + effects::key_separator) != std::string::npos) return;
    if (!keys.empty()) keys += effects::key_separator;
    keys += key;
}

// The first field a condition speaks of.
std::string place_of(const Condition& condition, const Frame& frame) {
    for (const auto& operand : condition.operand)
        if (operand.source) return field_at(frame.place, operand.source->path.segment(), operand.source->path.field());
    for (const auto& part : condition.parts)
        if (auto place = place_of(part, frame); !place.empty()) return place;
    return {};
}

void check_requirements(const Document& document, Frame& frame) {
    for (const auto& requirement : document.requirements)
        if (!holds(requirement.condition, frame))
            return frame.remarks.fail(ErrorCode::map_refused, requirement.sentence, {},
                                      place_of(requirement.condition, frame));
}

void evaluate_sections(const Document& document, Frame& frame, Instant received, effects::Effects& effects) {
    auto& remarks = frame.remarks;
    check_requirements(document, frame);
    if (remarks.error()) return;
    if (document.patient) evaluate_patient(*document.patient, frame, effects);
    if (remarks.error()) return;
    if (const auto* visit = applicable(document.visit, frame)) evaluate_visit(*visit, frame, effects);
    for (const auto& merges : document.merges)
        if (merges.only_for.applies(frame.type, frame.event))
            evaluate_merges(merges, document.patient ? &*document.patient : nullptr, frame, effects);
    if (document.orders && !remarks.error()) evaluate_orders(*document.orders, frame, received, effects);
    if (document.schedule && !remarks.error()) evaluate_schedule(*document.schedule, frame, received, effects);
    for (const auto& merge : effects.merges) {
        if (merge.pid) add_key(effects, merge.survivor);
        add_key(effects, merge.prior);
    }
    if (document.reports && !remarks.error()) evaluate_reports(*document.reports, frame, received, effects);
    if (document.script && !remarks.error()) run_script(document, frame, received, effects);
    if (!remarks.error()) check_effects(document, frame, effects);
    if (effects.ordering_key.empty() && !effects.orders.empty())
        effects.ordering_key = effects.orders.front().fields.value(effects::OrderField::accession_number);
}

}  // namespace

std::optional<Error> unusable(const hl7::Message& message, const MappingContext& context) {
    if (!context.control_id_needed || message.msh().field(10).valued()) return std::nullopt;
    return Error{ErrorCode::hl7_missing_control_id, {}, "MSH[1]-10"};
}

const std::string& Mapping::name() const {
    return document_->name;
}

bool Mapping::reads(std::string_view type, std::string_view event) const {
    return any_matches(document_->messages, type, event);
}

const std::vector<std::shared_ptr<const Table>>& Mapping::tables() const {
    return document_->tables;
}

const std::shared_ptr<const ScriptStep>& Mapping::script() const {
    return document_->script;
}

effects::Effects evaluate(const Mapping& mapping, const hl7::Message& message, const MappingContext& context,
                          Instant received) {
    const auto& document = mapping.document();
    Remarks remarks(message, context.coverage, context.usage ? document.expressions.size() : 0);
    const auto type = message.type(), event = message.event();
    Frame frame{context, remarks, Place::of(hl7::whole(message)), type, event};
    Notes notes{document.script != nullptr, {}, {}};
    frame.notes = &notes;
    effects::Effects effects;
    evaluate_sections(document, frame, received, effects);
    auto coverage = remarks.report(document.ignores);
    auto trace = std::move(effects.trace);
    if (remarks.error()) {
        effects = rejected(*remarks.error());
    } else {
        for (auto& sentence : remarks.take_warnings()) effects.ignored.push_back(std::move(sentence));
    }
    effects.coverage = std::move(coverage);
    effects.usage = remarks.usage(document.name);
    effects.trace = std::move(trace);
    return effects;
}

bool MappingSet::add(Mapping mapping) {
    for (const auto& name : mapping.document().messages)
        for (const auto& other : mappings_)
            if (other.reads(name.type, name.event)) return false;
    mappings_.push_back(std::move(mapping));
    return true;
}

Error MappingSet::unread(const hl7::Message& message) const {
    const auto type = message.type();
    if (type.empty()) return {ErrorCode::hl7_unsupported_type, "MSH-9 is empty", "MSH[1]-9"};
    const bool type_known = std::any_of(mappings_.begin(), mappings_.end(), [&](const Mapping& mapping) {
        const auto& names = mapping.document().messages;
        return std::any_of(names.begin(), names.end(), [&](const auto& name) { return name.type == type; });
    });
    return {type_known ? ErrorCode::hl7_unsupported_event : ErrorCode::hl7_unsupported_type, name_of(message),
            "MSH[1]-9"};
}

effects::Effects MappingSet::evaluate(const hl7::Message& message, const MappingContext& context,
                                      Instant received) const {
    if (auto error = unusable(message, context)) return rejected(std::move(*error));
    return map(message, context, received);
}

effects::Effects MappingSet::map(const hl7::Message& message, const MappingContext& context, Instant received) const {
    const auto type = message.type(), event = message.event();
    const auto reader = std::find_if(mappings_.begin(), mappings_.end(),
                                     [&](const Mapping& mapping) { return mapping.reads(type, event); });
    const bool unused =
        reader == mappings_.end() && std::any_of(mappings_.begin(), mappings_.end(), [&](const Mapping& mapping) {
            return any_matches(mapping.document().unused, type, event);
        });
    if (reader == mappings_.end() && !unused) return rejected(unread(message));
    if (auto error = version_or_processing(message, context)) return rejected(std::move(*error));
    if (!unused) return mappings::evaluate(*reader, message, context, received);
    effects::Effects out;
    out.ignored.push_back(name_of(message) + " is not used here");
    return out;
}

}  // namespace gantry::mappings
