#include "mappings/language/report_lines.hpp"

#include <algorithm>

#include "engine/hl7/moment.hpp"
#include "mappings/language/enclosed_document.hpp"
#include "mappings/language/reading.hpp"

namespace gantry::mappings {
namespace {

using effects::ReportField;
using effects::ReportLine;
using effects::ResultStatus;

// Far more than any report has, and little enough that what is stored of it can be read again.
constexpr std::size_t most_lines = 20'000, most_bytes = 2'000'000, most_documents = 100;
constexpr std::size_t longest_heading = 40;

std::string leaf(const hl7::Piece& piece) {
    return trimmed(piece.subcomponent(1).text());
}

bool free_text(const std::string& type) {
    static constexpr std::string_view types[] = {"", "TX", "FT", "ST"};
    return std::find(std::begin(types), std::end(types), type) != std::end(types);
}

// CWE: what a person reads, with the code behind it.
std::string coded_text(const hl7::Piece& cwe) {
    const auto code = leaf(cwe.component(1)), scheme = leaf(cwe.component(3));
    for (const std::size_t component : {2u, 9u, 5u}) {
        const auto text = leaf(cwe.component(component));
        if (text.empty()) continue;
        if (code.empty()) return text;
        return text + " (" + code + (scheme.empty() ? "" : ", " + scheme) + ")";
    }
    return code;
}

// SN: comparator^number^separator^number.
std::string structured_number(const hl7::Piece& sn) {
    std::string out;
    for (std::size_t component = 1; component <= 4; ++component) out += leaf(sn.component(component));
    return out;
}

// NR and VR: from the first to the last, "1 - 10"; one of them alone where only one was sent.
std::string range(const hl7::Piece& piece) {
    auto first = leaf(piece.component(1)), last = leaf(piece.component(2));
    if (first.empty() || last.empty()) return first + last;
    return first + " - " + last;
}

// A unit as people write it: its code ("mm"), or its text where there is no code or the code is a number, which would
// be taken for a part of the value ("258673006^mm^SCT").
std::string unit_text(const hl7::Piece& unit) {
    auto code = leaf(unit.component(1)), text = leaf(unit.component(2));
    const bool digits = code.find_first_not_of("0123456789") == std::string::npos;
    return digits ? text : code;
}

// 20261123093000 as 2026-11-23 09:30:00, as far as it was said.
std::string readable_time(const hl7::Piece& piece) {
    const auto moment = hl7::moment(piece);
    if (!moment.valid) return trimmed(piece.text());
    std::string out = moment.date.substr(0, 4);
    for (std::size_t i = 4; i + 2 <= moment.date.size(); i += 2) out += "-" + moment.date.substr(i, 2);
    for (std::size_t i = 0; i + 2 <= moment.time.size(); i += 2) out += (i == 0 ? " " : ":") + moment.time.substr(i, 2);
    return out + (moment.offset.empty() ? "" : " " + moment.offset);
}

// The numbers of a sub-id "1.10"; none when it is no such thing.
std::vector<unsigned long> numbers_of(const std::string& sub_id) {
    std::vector<unsigned long> out;
    if (sub_id.empty() || sub_id.size() > 40 || sub_id.find_first_not_of("0123456789.") != std::string::npos)
        return out;
    for (std::size_t at = 0; at <= sub_id.size();) {
        const auto dot = std::min(sub_id.find('.', at), sub_id.size());
        if (dot == at || dot - at > 9) return {};
        out.push_back(std::stoul(sub_id.substr(at, dot - at)));
        at = dot + 1;
    }
    return out;
}

// Lines about one code stand in the order of their sub-ids, at the places that such lines have.
void sort_by_sub_id(std::vector<ReportLine>& lines) {
    std::map<std::string, std::vector<std::size_t>> places;
    for (std::size_t i = 0; i < lines.size(); ++i) places[lines[i].code].push_back(i);
    for (const auto& [code, at] : places) {
        std::vector<std::pair<std::vector<unsigned long>, ReportLine>> those;
        for (const auto i : at) those.emplace_back(numbers_of(lines[i].sub_id), lines[i]);
        const auto unnumbered = [](const auto& one) { return one.first.empty(); };
        if (at.size() < 2 || std::any_of(those.begin(), those.end(), unnumbered)) continue;
        std::stable_sort(those.begin(), those.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        for (std::size_t i = 0; i < at.size(); ++i) lines[at[i]] = std::move(those[i].second);
    }
}

}  // namespace

hl7::Piece ReportLines::field(const hl7::Segment& segment, std::size_t number) {
    const auto piece = segment.field(number);
    frame_.remarks.read(piece.raw());
    return piece;
}

void ReportLines::read(std::size_t begin, std::size_t end, bool notes_too) {
    const auto& message = *frame_.place.all.message;
    Group group;
    bool noted = notes_too;
    for (auto i = begin; i < end && !frame_.remarks.error(); ++i) {
        const auto segment = message.segment(i);
        if (segment.id() == section_.each) {
            observation(segment, group);
            noted = true;
        } else if (segment.id() == section_.notes && noted) {
            note(segment, group);
        }
    }
    if (frame_.remarks.error() || repeats(group)) return;
    sort_by_sub_id(group.lines);
    groups_.push_back(std::move(group));
}

// Two orders of one report, with the same result under each.
bool ReportLines::repeats(const Group& group) const {
    const auto same = [](const ReportLine& a, const ReportLine& b) {
        return a.code == b.code && a.sub_id == b.sub_id && a.text == b.text && a.says == b.says;
    };
    return !group.lines.empty() && std::any_of(groups_.begin(), groups_.end(), [&](const Group& earlier) {
        return std::equal(earlier.lines.begin(), earlier.lines.end(), group.lines.begin(), group.lines.end(), same);
    });
}

bool ReportLines::within_limits(const ReportLine& line) {
    bytes_ += line.text.size();
    if (++lines_ > most_lines)
        frame_.remarks.fail(ErrorCode::hl7_too_many, "at most 20000 lines in one report", {}, section_.each + "-5");
    if (bytes_ > most_bytes)
        frame_.remarks.fail(ErrorCode::hl7_too_long, "at most 2000000 bytes of text in one report", {},
                            section_.each + "-5");
    return !frame_.remarks.error();
}

void ReportLines::observation(const hl7::Segment& obx, Group& group) {
    const auto* row = row_of(obx);
    const auto type = leaf(field(obx, 2));
    (void)field(obx, 5);
    if (row && !row->in_text) return;
    auto line = line_of(obx, row);
    if (type == "ED" && line.says == ReportLine::Says::text) return enclosed(obx, line);
    if (type == "RP") return pointer(obx);
    if (type != "ED") line.text = value_text(obx, type);
    if (!within_limits(line)) return;
    group.lines.push_back(std::move(line));
}

ReportLine ReportLines::line_of(const hl7::Segment& obx, const SectionRow* row) {
    ReportLine out;
    const auto id = obx.field(3);
    out.code = leaf(id.component(1));
    if (const auto suffix = trimmed(id.component(1).subcomponent(2).text()); !suffix.empty()) out.code += "&" + suffix;
    if (out.code.empty()) out.code = leaf(id.component(2));
    out.sub_id = leaf(field(obx, 4));
    out.set_id = leaf(field(obx, 1));
    out.section = row ? row->section : section_.otherwise;
    out.section_said = row != nullptr && !row->headings;
    if (obx.field(5).is_null()) out.says = ReportLine::Says::withdraw;
    read_status(obx, out);
    return out;
}

void ReportLines::read_status(const hl7::Segment& obx, ReportLine& line) {
    const auto code = leaf(field(obx, 11));
    if (code.empty()) return;
    const std::string_view key[] = {code};
    const auto row = look_up(*section_.statuses, key, frame_.remarks);
    if (!row) return frame_.remarks.unmapped(section_.statuses->name(), code);
    if (const auto& status = section_.status_of_row[*row]) statuses_.push_back(*status);
    if (section_.says_of_row[*row] != ReportLine::Says::text) line.says = section_.says_of_row[*row];
}

const SectionRow* ReportLines::row_named(std::string_view code) const {
    const std::string_view key[] = {code};
    const auto row = code.empty() ? std::nullopt : look_up(*section_.sections, key, frame_.remarks);
    if (!row || !section_.section_of_row[*row]) return nullptr;
    return &*section_.section_of_row[*row];
}

// By the suffix of the code ("&IMP"), the code, the alternate code, the texts of both.
const SectionRow* ReportLines::row_of(const hl7::Segment& obx) {
    const auto id = field(obx, 3);
    const auto suffix = trimmed(id.component(1).subcomponent(2).text());
    if (const auto* row = suffix.empty() ? nullptr : row_named("&" + suffix)) return row;
    for (const std::size_t component : {1u, 4u, 2u, 5u})
        if (const auto* row = row_named(leaf(id.component(component)))) return row;
    return nullptr;
}

void ReportLines::enclosed(const hl7::Segment& obx, const ReportLine& line) {
    const auto value = obx.field(5);
    auto documents = enclosed_documents(value);
    if (!documents)
        return frame_.remarks.fail(documents.error().code, documents.error().detail, value.raw(), section_.each);
    if (documents->empty()) frame_.remarks.warn("An enclosed document is empty.");
    for (auto& document : *documents) {
        document.code = line.code;
        document.sub_id = line.sub_id;
        documents_.push_back(std::move(document));
    }
    if (documents_.size() > most_documents)
        frame_.remarks.fail(ErrorCode::hl7_too_many, "at most 100 documents in one report", {}, section_.each + "-5");
}

void ReportLines::pointer(const hl7::Segment& obx) {
    for (const auto& repetition : obx.field(5).each_repetition()) {
        const auto where = trimmed(repetition.component(1).text());
        if (!where.empty()) location_ += (location_.empty() ? "" : "\n") + where;
    }
}

// Everything as it stands, also what looks like components; each repetition is a line, an empty one too.
std::string ReportLines::lines_of_text(const hl7::Piece& piece) {
    std::string out;
    bool any = false;
    for (const auto& repetition : piece.each_repetition()) {
        if (any) out += '\n';
        any = true;
        if (!repetition.is_null()) out += repetition.text();
    }
    return out;
}

std::string ReportLines::value_text(const hl7::Segment& obx, const std::string& type) {
    const auto value = obx.field(5);
    const auto units = unit_text(field(obx, 6));
    std::string out;
    if (free_text(type)) {
        out = lines_of_text(value);
        if (units.empty() || out.empty()) return out;
    } else {
        for (const auto& repetition : value.each_repetition()) {
            if (!repetition.valued()) continue;
            if (!out.empty()) out += "; ";
            if (type == "CE" || type == "CWE" || type == "CNE" || type == "CF")
                out += coded_text(repetition);
            else if (type == "SN")
                out += structured_number(repetition);
            else if (type == "DT" || type == "TS" || type == "DTM")
                out += readable_time(repetition);
            else if (type == "NR" || type == "VR")
                out += range(repetition);
            else
                out += trimmed(repetition.text());
        }
    }
    if (out.empty()) return out;
    if (!units.empty()) out += " " + units;
    // A value says nothing without what it is a value of, unless the section is what it is about.
    const auto* row = row_of(obx);
    const auto name = row ? std::string() : leaf(obx.field(3).component(2));
    return name.empty() ? out : name + ": " + out;
}

// A note belongs to the observation before it; before the first one it is a line of its own.
void ReportLines::note(const hl7::Segment& nte, Group& group) {
    const auto piece = field(nte, 3);
    if (piece.is_null()) return;
    ReportLine line;
    line.section = section_.otherwise;
    line.code = section_.notes;
    line.sub_id = "0";
    if (!group.lines.empty()) {
        const auto& before = group.lines.back();
        line.code = before.code;
        line.sub_id = before.sub_id;
        line.set_id = before.set_id;
        line.section = before.section;
        line.section_said = before.section_said;
    }
    line.text = lines_of_text(piece);
    if (group.lines.empty() || group.lines.back().says != ReportLine::Says::text) {
        if (within_limits(line)) group.lines.push_back(std::move(line));
        return;
    }
    group.lines.back().text += "\n" + line.text;
    bytes_ += line.text.size();
}

const SectionRow* ReportLines::heading_of(std::string_view text, std::size_t& rest) const {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return nullptr;
    const auto colon = text.substr(0, first + longest_heading + 1).find(':');
    rest = colon == std::string_view::npos ? text.size() : colon + 1;
    const auto words = trimmed(std::string(text.substr(0, colon)));
    if (words.size() > longest_heading) return nullptr;
    const auto* row = row_named(words);
    if (!row || !row->in_text) return nullptr;
    while (rest < text.size() && (text[rest] == ' ' || text[rest] == '\t')) ++rest;
    return row;
}

// Divides the text of a line by the headings in it; what stands before the first one goes on where the lines of that
// code were.
void ReportLines::divide(ReportLine& line, bool by_headings) {
    if (!by_headings) return;
    const auto known = under_.find(line.code);
    auto section = known == under_.end() ? line.section : known->second;
    std::vector<effects::LinePart> parts{{section, 0, 0}};
    bool divided = false;
    for (std::size_t at = 0; at <= line.text.size();) {
        const auto end = std::min(line.text.find('\n', at), line.text.size());
        std::size_t rest = 0;
        if (const auto* row = heading_of(std::string_view(line.text).substr(at, end - at), rest)) {
            if (at == 0) parts.clear();
            section = row->section;
            divided = true;
            parts.push_back({section, at + rest, 0});
        }
        parts.back().size = end - parts.back().begin;
        at = end + 1;
    }
    under_[line.code] = section;
    if (divided) {
        line.parts = std::move(parts);
        line.section_said = true;
    }
    line.section = divided ? line.section : section;
}

std::vector<ReportLine> ReportLines::take_lines() {
    std::vector<ReportLine> out;
    for (auto& group : groups_) {
        under_.clear();
        for (auto& line : group.lines) {
            divide(line, !line.section_said);
            out.push_back(std::move(line));
        }
    }
    return out;
}

std::optional<ResultStatus> ReportLines::least_final() const {
    if (statuses_.empty()) return std::nullopt;
    // Cancelled is the greatest: what cannot be obtained says nothing of the rest.
    return *std::min_element(statuses_.begin(), statuses_.end());
}

}  // namespace gantry::mappings
