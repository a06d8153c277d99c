#include <odb/transaction.hxx>

#include <algorithm>

#include "engine/store/records/field_copy.hpp"
#include "engine/store/records/readers.hpp"
#include "engine/store/records/record_rows.hpp"
#include "engine/store/records/record_walk.hpp"
#include "engine/store/report_content_text.hpp"

namespace gantry::store {
namespace {

using namespace effects;
using IdentifierQuery = odb::query<records::PatientIdentifier>;
using StepQuery = odb::query<records::ScheduledProcedureStep>;
using LinkQuery = odb::query<records::ReportOrder>;
using VersionQuery = odb::query<records::ReportVersion>;

template <class Row>
odb::query<Row> numbers(const WalkRange& range) {
    using Query = odb::query<Row>;
    return Query::id > range.after && Query::id <= range.last;
}

template <class Row>
odb::query<Row> part(const odb::query<Row>& which, const WalkRange& range) {
    return which + "ORDER BY" + odb::query<Row>::id + std::string("LIMIT " + std::to_string(range.most));
}

template <class Row>
odb::query<Row> changed(const WalkRange& range) {
    using Query = odb::query<Row>;
    if (range.changed_from == 0) return numbers<Row>(range);
    return numbers<Row>(range) && Query::last_change >= range.changed_from;
}

// One statement for what belongs to all records of a part; the owner of a row is among `owners`, which are ascending.
template <class Row, class Record, class OwnerOf, class Take>
void load_parts(odb::database& database, const odb::query<Row>& query, std::vector<Record>& owners, OwnerOf owner_of,
                Take take) {
    auto result = database.query<Row>(query);
    Row row;
    for (auto at = result.begin(); at != result.end(); ++at) {
        at.load(row);
        const auto id = owner_of(row);
        const auto owner = std::lower_bound(owners.begin(), owners.end(), id,
                                            [](const Record& record, std::int64_t of) { return record.id.value < of; });
        if (owner != owners.end() && owner->id.value == id) take(*owner, row);
    }
}

template <class Record>
std::vector<std::int64_t> ids_of(const std::vector<Record>& records) {
    std::vector<std::int64_t> out;
    out.reserve(records.size());
    for (const auto& record : records) out.push_back(record.id.value);
    return out;
}

// Rows whose owner is one of these. Where the part is without gaps, by their range: a list of a thousand numbers takes
// longer to read than the rows.
template <class Row, class Column>
odb::query<Row> owned(const Column& column, const std::vector<std::int64_t>& owners, const WalkRange& range) {
    if (range.changed_from == 0) return column >= owners.front() && column <= owners.back();
    return column.in_range(owners.begin(), owners.end());
}

}  // namespace

Result<std::vector<PatientRecord>> RecordWalkView::patients(const WalkRange& range) {
    return fenced<std::vector<PatientRecord>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<PatientRecord> out;
        for (const auto& row : database_.query<records::Patient>(part(changed<records::Patient>(range), range)))
            out.push_back(patient_of(row));
        if (out.empty()) return out;
        const auto query = owned<records::PatientIdentifier>(IdentifierQuery::patient, ids_of(out), range) +
                           "ORDER BY" + IdentifierQuery::patient + "," + IdentifierQuery::position;
        load_parts<records::PatientIdentifier>(
            database_, query, out, [](const auto& row) { return row.patient; },
            [](auto& patient, const auto& row) {
                patient.identifiers.push_back({row.value, row.authority, row.type});
            });
        transaction.commit();
        return out;
    });
}

Result<std::vector<ProviderRecord>> RecordWalkView::providers(const WalkRange& range) {
    return fenced<std::vector<ProviderRecord>>([&] {
        odb::transaction transaction(database_.begin());
        auto from = range;
        from.after = std::max(range.after, range.changed_from - 1);
        std::vector<ProviderRecord> out;
        for (const auto& row : database_.query<records::Provider>(part(numbers<records::Provider>(from), from)))
            out.push_back({{row.id}, row.key, row.identifier, row.authority, row.name});
        transaction.commit();
        return out;
    });
}

Result<std::vector<OrderRecord>> RecordWalkView::orders(const WalkRange& range) {
    return fenced<std::vector<OrderRecord>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<OrderRecord> out;
        for (const auto& row :
             database_.query<records::ImagingStudy>(part(changed<records::ImagingStudy>(range), range)))
            out.push_back(order_of(row));
        if (out.empty()) return out;
        const auto query = owned<records::ScheduledProcedureStep>(StepQuery::study, ids_of(out), range) + "ORDER BY" +
                           StepQuery::study + "," + StepQuery::id;
        load_parts<records::ScheduledProcedureStep>(
            database_, query, out, [](const auto& row) { return row.study; },
            [](auto& order, const auto& row) {
                auto& step = order.steps.emplace_back();
                step.id = {row.id};
                copy_fields(row, step.fields);
            });
        transaction.commit();
        return out;
    });
}

Result<std::vector<ReportRecord>> RecordWalkView::reports(const WalkRange& range) {
    return fenced<std::vector<ReportRecord>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<ReportRecord> out;
        for (const auto& row :
             database_.query<records::RadiologyReport>(part(numbers<records::RadiologyReport>(range), range)))
            out.push_back(report_of(row));
        if (out.empty()) return out;
        auto whole = range;
        whole.changed_from = 0;
        const auto ids = ids_of(out);
        load_parts<records::ReportOrder>(
            database_,
            owned<records::ReportOrder>(LinkQuery::report, ids, whole) + "ORDER BY" + LinkQuery::report + "," +
                LinkQuery::position,
            out, [](const auto& row) { return row.report; },
            [](auto& report, const auto& row) { report.orders.push_back({row.study}); });
        load_parts<records::ReportVersion>(
            database_,
            owned<records::ReportVersion>(VersionQuery::report, ids, whole) + "ORDER BY" + VersionQuery::report + "," +
                VersionQuery::id,
            out, [](const auto& row) { return row.report; },
            [](auto& report, const auto& row) {
                auto& version = report.versions.emplace_back();
                version.id = row.id;
                version.change = row.change;
                version.time = row.event_time;
                version.sent = row.status;
                read_report_content(row.content, version);
            });
        transaction.commit();
        return out;
    });
}

}  // namespace gantry::store
