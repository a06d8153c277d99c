#include "engine/store/records/record_rows.hpp"

#include "engine/store/records/field_copy.hpp"
#include "engine/store/report_content_text.hpp"

namespace gantry::store {

using namespace effects;
using StepQuery = odb::query<records::ScheduledProcedureStep>;
using IdentifierQuery = odb::query<records::PatientIdentifier>;
using LinkQuery = odb::query<records::ReportOrder>;
using VersionQuery = odb::query<records::ReportVersion>;

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

ReportRecord report_of(const records::RadiologyReport& row) {
    ReportRecord out;
    out.id = {row.id};
    out.reported_by = {row.reported_by};
    out.current_version = row.current_version;
    out.last_change = row.last_change;
    copy_fields(row, out.fields);
    return out;
}

void load_orders(odb::database& database, ReportRecord& report) {
    const auto wanted = (LinkQuery::report == report.id.value) + "ORDER BY" + LinkQuery::position;
    for (const auto& row : database.query<records::ReportOrder>(wanted)) report.orders.push_back({row.study});
}

void load_versions(odb::database& database, ReportRecord& report) {
    const auto wanted = (VersionQuery::report == report.id.value) + "ORDER BY" + VersionQuery::id;
    for (const auto& row : database.query<records::ReportVersion>(wanted)) {
        auto& version = report.versions.emplace_back();
        version.id = row.id;
        version.change = row.change;
        version.time = row.event_time;
        version.sent = row.status;
        read_report_content(row.content, version);
    }
}

}  // namespace gantry::store
