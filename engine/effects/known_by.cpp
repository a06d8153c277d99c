#include "engine/effects/known_by.hpp"

#include <algorithm>

namespace gantry::effects {
namespace {

using Ids = std::vector<std::int64_t>;

void add(Ids& ids, std::int64_t id) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

Ids patients(const Identifier& number, RecordReader& records) {
    auto found = records.patient_of(identifier_key(number));
    if (!found) return {};
    for (const auto* record = records.patient(*found); record && record->merged_into;
         record = records.patient(record->merged_into))
        found = record->merged_into;
    return {found->value};
}

Ids orders(const OrderNumber& number, RecordReader& records) {
    Ids out;
    for (const auto& prefix : {placer_prefix(number), filler_prefix(number)})
        for (const auto& match : records.orders_with_prefix(prefix)) add(out, match.order.value);
    for (const auto id : records.orders_with_accession(number.number, number.authority)) add(out, id.value);
    return out;
}

Ids reports(const OrderNumber& number, RecordReader& records) {
    Ids out;
    for (const auto& prefix : {report_prefix(number), document_key(number)})
        for (const auto& match : records.reports_with_prefix(prefix)) add(out, match.report.value);
    return out;
}

// A report shows its patient, who is its orders': what changes one of them changes it. 0: there is none.
std::int64_t report_change(std::int64_t id, RecordReader& records) {
    const auto* report = records.report({id});
    if (!report) return 0;
    auto out = report->last_change;
    const auto orders = report->orders;
    for (const auto order : orders)
        if (const auto* known = records.order(order)) out = std::max(out, known->last_change);
    return out;
}

}  // namespace

std::vector<std::int64_t> known_as(const KnownBy& wanted, RecordReader& records) {
    const auto& [value, authority, type] = wanted.number;
    switch (wanted.kind) {
        case RecordKind::patient:
            return patients(wanted.number, records);
        case RecordKind::report:
            return reports({value, authority}, records);
        case RecordKind::order:
        case RecordKind::step:
            break;
    }
    return orders({value, authority}, records);
}

bool is_current(const KnownVersion& version, RecordReader& records) {
    const auto same = [&](const auto* record) { return record && record->last_change == version.last_change; };
    switch (version.kind) {
        case RecordKind::patient:
            return same(records.patient({version.id}));
        case RecordKind::report:
            return report_change(version.id, records) == version.last_change;
        case RecordKind::order:
        case RecordKind::step:
            break;
    }
    return same(records.order({version.id}));
}

}  // namespace gantry::effects
