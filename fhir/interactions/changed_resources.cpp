#include "fhir/interactions/changed_resources.hpp"

#include <algorithm>

#include "engine/base/ids.hpp"
#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/report_elements.hpp"

namespace gantry::fhir {
namespace {

using effects::RecordKind;

constexpr std::string_view changing[] = {"Patient",     "ServiceRequest",   "ImagingStudy", "Task",
                                         "Appointment", "DiagnosticReport", "Observation"};
constexpr std::string_view behind_all_types = "~";

store::ChangeRange range_of(const HistoryRequest& request) {
    store::ChangeRange out;
    out.oldest_first = request.oldest_first;
    if (request.since) out.from = IdSource::first_at(*request.since);
    if (request.at) out.before = IdSource::first_at(request.at->end);
    if (!request.after) return out;
    if (request.oldest_first) out.from = std::max(out.from, request.after->id);
    if (!request.oldest_first) out.before = std::min(out.before, request.after->id + 1);
    return out;
}

}  // namespace

std::span<const std::string_view> changing_types() {
    return changing;
}

Result<std::optional<store::LoggedChange>> ChangesReadOnce::change(std::int64_t id) {
    const auto known = read_.find(id);
    if (known != read_.end()) return known->second;
    auto found = changes_.change(id);
    if (found) read_[id] = *found;
    return found;
}

Result<std::vector<store::LoggedChange>> ChangesReadOnce::changes(const store::ChangeRange& range, std::size_t most) {
    auto found = changes_.changes(range, most);
    if (found)
        for (const auto& one : *found) read_[one.id] = one;
    return found;
}

bool is_within(const HistoryRequest& request, const PastVersion& version) {
    const auto made = version.resource.updated;
    if (request.since && made < *request.since) return false;
    if (!request.at) return true;
    const bool over = version.superseded_by != 0 && IdSource::time_of(version.superseded_by) <= request.at->first;
    return made < request.at->end && !over;
}

void ChangedResources::add(std::int64_t change, std::string_view type, std::string id, Candidates& out) const {
    if (rules_.wanted(type)) out.push_back({change, type, std::move(id)});
}

void ChangedResources::add_of_report(std::int64_t change, std::int64_t report, Candidates& out) const {
    add(change, "DiagnosticReport", std::to_string(report), out);
    for (std::size_t number = 1; number <= section_count; ++number)
        add(change, "Observation", section_id({report}, number), out);
}

Result<void> ChangedResources::add_of_order(std::int64_t change, std::int64_t order, Candidates& out) {
    for (const auto* type : {"ServiceRequest", "ImagingStudy", "Appointment"})
        add(change, type, std::to_string(order), out);
    if (rules_.wanted("Task")) {
        const auto found = records_.search.orders({&order, 1});
        if (!found) return found.error();
        for (const auto& record : *found)
            for (const auto& step : record.steps) add(change, "Task", std::to_string(step.id.value), out);
    }
    if (!rules_.wanted("DiagnosticReport") && !rules_.wanted("Observation")) return {};
    constexpr std::size_t most_reports = 1000;
    const auto reports = records_.search.find(
        {store::Table::report,
         store::linked("id", store::Table::report_order, "report", {store::equal("study", std::vector{order})}),
         {}},
        {}, most_reports);
    if (!reports) return reports.error();
    for (const auto& report : *reports) add_of_report(change, report.id, out);
    return {};
}

// Each resource that the change may have made a version of, once, by type and id.
Result<ChangedResources::Candidates> ChangedResources::candidates_of(const store::LoggedChange& change) {
    Candidates out;
    for (const auto& record : change.records) {
        if (record.kind == RecordKind::patient) add(change.id, "Patient", std::to_string(record.id), out);
        if (record.kind == RecordKind::report) add_of_report(change.id, record.id, out);
        if (record.kind != RecordKind::order) continue;
        if (const auto added = add_of_order(change.id, record.id, out); !added) return added.error();
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

// Histories are walked from the newest version on, so candidates of one resource come newest first.
Result<std::optional<PastVersion>> ChangedResources::version_of(const Candidate& candidate) {
    auto [at, fresh] = walks_.try_emplace({candidate.type, candidate.id});
    auto& walk = at->second;
    if (fresh) {
        auto history = ResourceHistory::of(records_, candidate.type, candidate.id);
        if (!history) return history.error();
        walk.history = std::move(*history);
    }
    if (!walk.history) return {std::nullopt};
    if (!walk.next || walk.next->resource.version > candidate.change) {
        do {
            auto next = walk.history->next();
            if (!next) return next.error();
            walk.next = std::move(*next);
        } while (walk.next && walk.next->resource.version > candidate.change);
    }
    if (!walk.next || walk.next->resource.version != candidate.change) return {std::nullopt};
    if (!rules_.visible(candidate.type, walk.history->patient(), walk.next->patient)) return {std::nullopt};
    return walk.next;
}

Result<std::vector<PastVersion>> ChangedResources::entries_of(Candidates candidates, const HistoryRequest& request,
                                                              std::size_t enough) {
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const auto& a, const auto& b) { return a.change > b.change; });
    std::vector<PastVersion> out;
    for (const auto& candidate : candidates) {
        if (!request.oldest_first && out.size() == enough) break;
        auto version = version_of(candidate);
        if (!version) return version.error();
        if (*version && is_within(request, **version)) out.push_back(std::move(**version));
    }
    if (!request.oldest_first) return out;
    walks_.clear();  // the next batch is newer
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.resource.version < b.resource.version; });
    return out;
}

Result<ChangedResources::Page> ChangedResources::page(const HistoryRequest& request) {
    constexpr std::size_t at_once = 100;
    Page out;
    auto range = range_of(request);
    for (std::size_t read = 0; read < most_changes_read; read += at_once) {
        const auto changes = read_.changes(range, at_once);
        if (!changes) return changes.error();
        out.last.reset();  // of the batch before, which is in the page
        if (changes->empty()) return out;
        Candidates candidates;
        for (const auto& change : *changes) {
            auto some = candidates_of(change);
            if (!some) return some.error();
            if (request.after && change.id == request.after->id)
                std::erase_if(*some, [&](const Candidate& one) {
                    return std::pair<std::string_view, std::string_view>(one.type, one.id) <=
                           std::pair<std::string_view, std::string_view>(request.after->keys[0],
                                                                         request.after->keys[1]);
                });
            candidates.insert(candidates.end(), some->begin(), some->end());
        }
        auto entries = entries_of(std::move(candidates), request, request.count + 1 - out.entries.size());
        if (!entries) return entries.error();
        for (auto& entry : *entries) {
            if (out.entries.size() == request.count) {
                const auto& last = out.entries.back().resource;
                out.last = {last.version, {std::string(last.type), last.id}};
                return out;
            }
            out.entries.push_back(std::move(entry));
        }
        if (changes->size() < at_once) return out;
        const auto last = changes->back().id;
        out.last = {last, {std::string(behind_all_types), {}}};
        request.oldest_first ? range.from = last + 1 : range.before = last;
    }
    return out;
}

}  // namespace gantry::fhir
