#include <odb/transaction.hxx>

#include "engine/store/records/field_copy.hpp"
#include "engine/store/records/readers.hpp"

namespace gantry::store {
namespace {

using namespace effects;
using OrderQuery = odb::query<records::ImagingStudy>;
using PatientQuery = odb::query<records::Patient>;
using StepQuery = odb::query<records::ScheduledProcedureStep>;
using IdentifierQuery = odb::query<records::PatientIdentifier>;

OrderRecord order_of(const records::ImagingStudy& row) {
    OrderRecord out;
    out.id = {row.id};
    out.patient = {row.patient};
    out.ordered_by = {row.ordered_by};
    out.performed_by = {row.performed_by};
    out.event_time = row.event_time;
    out.last_change = row.last_change;
    copy_fields(row, out.fields);
    return out;
}

PatientRecord patient_of(const records::Patient& row) {
    PatientRecord out;
    out.id = {row.id};
    out.merged_into = {row.merged_into};
    out.adt_fields = static_cast<std::uint64_t>(row.adt_fields);
    out.last_change = row.last_change;
    copy_fields(row, out.fields);
    return out;
}

void load_steps(odb::database& database, OrderRecord& order) {
    const auto wanted = (StepQuery::study == order.id.value) + "ORDER BY" + StepQuery::id;
    for (const auto& row : database.query<records::ScheduledProcedureStep>(wanted)) {
        auto& step = order.steps.emplace_back();
        step.id = {row.id};
        copy_fields(row, step.fields);
    }
}

void load_identifiers(odb::database& database, PatientRecord& patient) {
    const auto wanted = (IdentifierQuery::patient == patient.id.value) + "ORDER BY" + IdentifierQuery::position;
    for (const auto& row : database.query<records::PatientIdentifier>(wanted))
        patient.identifiers.push_back({row.value, row.authority, row.type});
}

OrderQuery orders_like(const RecordsReader::OrderFilter& filter) {
    OrderQuery query(true);
    if (filter.id) query = query && OrderQuery::id == filter.id.value;
    if (!filter.accession_number.empty()) query = query && OrderQuery::accession_number == filter.accession_number;
    if (!filter.placer_number.empty()) query = query && OrderQuery::placer_number == filter.placer_number;
    return query;
}

std::string at_most(std::size_t most) {
    return "LIMIT " + std::to_string(most);
}

}  // namespace

Result<std::vector<OrderRecord>> RecordsView::orders(const OrderFilter& filter, std::size_t most) {
    return fenced<std::vector<OrderRecord>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<OrderRecord> out;
        const auto wanted = orders_like(filter) + "ORDER BY" + OrderQuery::id + at_most(most);
        for (const auto& row : database_.query<records::ImagingStudy>(wanted)) out.push_back(order_of(row));
        for (auto& order : out) load_steps(database_, order);
        transaction.commit();
        return out;
    });
}

Result<std::vector<PatientRecord>> RecordsView::patients(PatientId id, std::size_t most) {
    return fenced<std::vector<PatientRecord>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<PatientRecord> out;
        const auto which = id ? PatientQuery(PatientQuery::id == id.value) : PatientQuery(true);
        const auto wanted = which + "ORDER BY" + PatientQuery::id + at_most(most);
        for (const auto& row : database_.query<records::Patient>(wanted)) out.push_back(patient_of(row));
        for (auto& patient : out) load_identifiers(database_, patient);
        transaction.commit();
        return out;
    });
}

}  // namespace gantry::store
