#include "mappings/language/report_groups.hpp"

#include <algorithm>

namespace gantry::mappings {
namespace {

constexpr std::size_t most_groups = 1000;

}  // namespace

std::optional<Error> ReportGroups::find() {
    if (auto error = check_segments()) return error;
    section_.document.empty() ? find_results() : find_document();
    return std::nullopt;
}

std::optional<Error> ReportGroups::check_segments() const {
    std::size_t patients = 0, results = 0;
    for (std::size_t i = 0; i < message_.segments(); ++i) {
        const auto id = message_.segment(i).id();
        if (id == "PID" && ++patients > 1)
            return Error{ErrorCode::hl7_bad_value, "a second patient in one message",
                         place_of_segment(message_, i) + "-3"};
        if (id == section_.each) ++results;
    }
    if (results > most_groups)
        return Error{ErrorCode::hl7_too_many, "at most 1000 results in one message", section_.each + "-1"};
    const auto& needed = section_.document.empty() ? section_.each : section_.document;
    if (!message_.segment(needed)) return Error{ErrorCode::hl7_missing_segment, needed, needed};
    return std::nullopt;
}

std::size_t ReportGroups::next(std::size_t from, std::string_view id) const {
    while (from < message_.segments() && message_.segment(from).id() != id) ++from;
    return from;
}

// Where the group of each OBR begins: with the ORC that comes right before it, if there is one.
std::vector<std::pair<std::size_t, std::size_t>> ReportGroups::starts() const {
    std::vector<std::pair<std::size_t, std::size_t>> out;  // begin, OBR
    std::size_t head = message_.segments();
    for (std::size_t i = 0; i < message_.segments(); ++i) {
        const auto id = message_.segment(i).id();
        if (id == section_.head) head = i;
        if (id != section_.each) continue;
        const bool own = head < i && (out.empty() || head > out.back().second);
        out.emplace_back(own ? head : i, i);
    }
    return out;
}

const hl7::Scope* ReportGroups::keep(std::size_t begin, std::size_t end, const hl7::Scope* outer) {
    scopes_.push_back({&message_, begin, end, outer});
    return &scopes_.back();
}

// A group sees itself, the ORC before it when it has none of its own, and what stands before the first group.
void ReportGroups::find_results() {
    const auto at = starts();
    const auto* common = keep(0, at.front().first, nullptr);
    const hl7::Scope* shared = nullptr;
    for (std::size_t i = 0; i < at.size(); ++i) {
        const auto [begin, obr] = at[i];
        const auto end = i + 1 < at.size() ? at[i + 1].first : message_.segments();
        if (begin != obr) shared = nullptr;
        const auto* all = shared ? keep(shared->begin, shared->end, common) : common;
        add_group(begin, end, obr, {{&message_, begin, end, shared}, {&message_, begin, end, all}});
        if (begin != obr) shared = keep(begin, begin + 1, nullptr);
    }
}

// The orders of a document see themselves, the document, and what stands before the first of them.
void ReportGroups::find_document() {
    const auto document = next(0, section_.document);
    const auto at = starts();
    const auto* common = keep(0, std::min(document, at.empty() ? document : at.front().first), nullptr);
    const auto* own = keep(document, message_.segments(), nullptr);
    const auto* tail = keep(document, message_.segments(), common);
    for (std::size_t i = 0; i < at.size(); ++i) {
        auto end = i + 1 < at.size() ? at[i + 1].first : message_.segments();
        if (at[i].first < document) end = std::min(end, document);
        const auto [begin, obr] = at[i];
        add_group(begin, end, obr, {{&message_, begin, end, own}, {&message_, begin, end, tail}});
    }
    if (at.empty()) add_group(document, message_.segments(), document, {*own, *tail});
}

void ReportGroups::add_group(std::size_t begin, std::size_t end, std::size_t named_by, Place place) {
    auto& group = groups_.emplace_back();
    group.begin = begin;
    group.end = end;
    group.name = place_of_segment(message_, named_by);
    group.place = place;
}

}  // namespace gantry::mappings
