#include "engine/effects/record_history.hpp"

#include <algorithm>
#include <charconv>

#include "engine/effects/report_versions.hpp"

namespace gantry::effects {
namespace {

using Changes = std::span<const RecordChange>;

const RecordChange* change_of(Changes records, RecordKind kind, std::int64_t id) {
    const auto found =
        std::find_if(records.begin(), records.end(), [&](const auto& one) { return one.kind == kind && one.id == id; });
    return found == records.end() ? nullptr : &*found;
}

// Null: the change did not touch it.
const std::string* before_of(const RecordChange& change, std::string_view field) {
    const auto found =
        std::find_if(change.fields.begin(), change.fields.end(), [&](const auto& one) { return one.field == field; });
    return found == change.fields.end() ? nullptr : &found->before;
}

std::int64_t number_in(std::string_view text) {
    std::int64_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

template <class Part>
void for_each_part(std::string_view text, char separator, Part part) {
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        part(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

template <class Field>
void restore(FieldValues<Field>& values, const RecordChange& change) {
    for (const auto& [field, before] : change.fields)
        if (const auto index = field_index(kind_of<Field>(), field)) values.at(*index) = before;
}

// The chain leads to older changes; what does not is no chain.
std::optional<std::int64_t> previous_of(const RecordChange* change, std::int64_t now) {
    if (!change || change->previous >= now || change->created != (change->previous == 0)) return std::nullopt;
    return change->previous;
}

}  // namespace

std::optional<std::int64_t> take_back(PatientRecord& record, Changes records) {
    const auto* change = change_of(records, RecordKind::patient, record.id.value);
    const auto previous = previous_of(change, record.last_change);
    if (!previous) return std::nullopt;
    restore(record.fields, *change);
    if (const auto* before = before_of(*change, "merged_into")) record.merged_into = {number_in(*before)};
    if (const auto* before = before_of(*change, "identifiers")) {
        record.identifiers.clear();
        for_each_part(*before, '~', [&](std::string_view one) { record.identifiers.push_back(identifier_of(one)); });
    }
    record.last_change = *previous;
    return previous;
}

std::optional<std::int64_t> take_back(OrderRecord& record, Changes records) {
    const auto* change = change_of(records, RecordKind::order, record.id.value);
    const auto previous = previous_of(change, record.last_change);
    if (!previous) return std::nullopt;
    restore(record.fields, *change);
    const auto named = [&](std::string_view field) { return before_of(*change, field) != nullptr; };
    if (named("requesting_physician") || named("requesting_physician_id")) record.ordered_by = {};
    if (const auto* before = before_of(*change, "ordered_by")) record.ordered_by = {number_in(*before)};
    if (named("performing_physician")) record.performed_by = {};
    if (const auto* before = before_of(*change, "performed_by")) record.performed_by = {number_in(*before)};
    if (const auto* before = before_of(*change, "patient")) record.patient = {number_in(*before)};
    std::erase_if(record.steps, [&](const StepRecord& step) {
        const auto* of_step = change_of(records, RecordKind::step, step.id.value);
        return of_step && of_step->created;
    });
    for (auto& step : record.steps)
        if (const auto* of_step = change_of(records, RecordKind::step, step.id.value)) restore(step.fields, *of_step);
    record.last_change = *previous;
    return previous;
}

std::optional<std::int64_t> take_back(ReportRecord& record, Changes records) {
    const auto* change = change_of(records, RecordKind::report, record.id.value);
    const auto previous = previous_of(change, record.last_change);
    if (!previous) return std::nullopt;
    restore(record.fields, *change);
    if (before_of(*change, "radiologist") || before_of(*change, "radiologist_id")) record.reported_by = {};
    if (const auto* before = before_of(*change, "reported_by")) record.reported_by = {number_in(*before)};
    if (const auto* before = before_of(*change, "orders")) {
        record.orders.clear();
        for_each_part(*before, ' ', [&](std::string_view one) { record.orders.push_back({number_in(one)}); });
    }
    std::erase_if(record.versions, [&](const ReportVersion& version) { return version.change >= record.last_change; });
    record.current_version = report_of(record.versions).current;
    record.last_change = *previous;
    return previous;
}

}  // namespace gantry::effects
