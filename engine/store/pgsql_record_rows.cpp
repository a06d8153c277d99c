#include "engine/store/pgsql/record_rows.hpp"

#include "engine/store/patient_names.hpp"

namespace gantry::store::pgsql {
namespace {

using effects::RecordKind;

constexpr Column as_read{"as_read", Type::bigint};

Columns patient_columns() {
    return {{"id", Type::bigint},          {"merged_into", Type::bigint}, {"adt_fields", Type::bigint},
            {"last_change", Type::bigint}, {"family_folded", Type::text}, {"given_folded", Type::text}};
}

Columns order_columns() {
    return {{"id", Type::bigint},           {"patient", Type::bigint},     {"ordered_by", Type::bigint},
            {"performed_by", Type::bigint}, {"last_change", Type::bigint}, {"event_time", Type::text}};
}

const Columns step_columns{{"id", Type::bigint}, {"study", Type::bigint}, {"visible", Type::boolean}};

const Columns identifier_columns{{"key", Type::text},   {"patient", Type::bigint}, {"position", Type::integer},
                                 {"value", Type::text}, {"authority", Type::text}, {"type", Type::text}};

const Columns provider_columns{{"id", Type::bigint},      {"key", Type::text},  {"identifier", Type::text},
                               {"authority", Type::text}, {"name", Type::text}, {"role", Type::text}};

const Columns posted_columns{{"sum", Type::text}, {"content", Type::bytes}, {"encoding", Type::smallint}};

Columns and_as_read(Columns columns) {
    columns.push_back(as_read);
    return columns;
}

template <class Rows>
void add_order(Rows& rows, const effects::OrderRecord& record) {
    rows.integer(record.id.value).integer(record.patient.value).integer(record.ordered_by.value);
    rows.integer(record.performed_by.value).integer(record.last_change).text(record.event_time);
}

}  // namespace

RecordRows::RecordRows()
    : new_orders_("imaging_study", with_fields(order_columns(), RecordKind::order)),
      new_steps_("scheduled_procedure_step", with_fields(step_columns, RecordKind::step)),
      new_patients_("insert_patients", "patient", with_fields(patient_columns(), RecordKind::patient)),
      new_identifiers_("insert_identifiers", "patient_identifier", identifier_columns),
      replaced_identifiers_("replace_identifiers", "patient_identifier", identifier_columns,
                            R"(ON CONFLICT ("key") DO UPDATE SET "patient" = excluded."patient", )"
                            R"("position" = excluded."position", "type" = excluded."type")"),
      new_providers_("insert_providers", "provider", provider_columns),
      new_keys_("insert_keys", "order_key", {{"key", Type::text}, {"study", Type::bigint}}),
      // In one order for all, so that two batches with the same do not wait for each other.
      new_posted_("insert_posted_resources", "posted_resource", posted_columns, "ORDER BY 1 ON CONFLICT DO NOTHING"),
      patients_("update_patients", "patient", with_fields(and_as_read(patient_columns()), RecordKind::patient)),
      orders_("update_orders", "imaging_study", with_fields(and_as_read(order_columns()), RecordKind::order)),
      steps_("update_steps", "scheduled_procedure_step", with_fields(step_columns, RecordKind::step)) {}

void RecordRows::take(const BatchRecords& records) {
    for (auto* rows : {&new_orders_, &new_steps_}) rows->clear();
    for (auto* rows :
         {&new_patients_, &new_identifiers_, &replaced_identifiers_, &new_providers_, &new_keys_, &new_posted_})
        rows->clear();
    for (auto* rows : {&patients_, &orders_, &steps_}) rows->clear();
    take_patients(records);
    take_identifiers(records);
    take_orders(records);
    reports_.take(records.reports());
    for (const auto& [key, provider] : records.new_providers()) {
        auto& row = new_providers_.row().integer(provider.id.value).text(key).text(provider.identifier);
        row.text(provider.authority).text(provider.name).text({});
    }
    for (const auto& [key, order] : records.new_keys()) new_keys_.row().text(key).integer(order.value);
    for (const auto& [sum, body] : records.posted())
        new_posted_.row().text(sum).text(body.compressed).integer(static_cast<std::int64_t>(body.encoding));
}

void RecordRows::take_patients(const BatchRecords& records) {
    for (const auto& [id, kept] : records.changed_patients()) {
        const auto& record = kept->record;
        auto& row = kept->created ? new_patients_.row() : patients_.row();
        row.integer(id).integer(record.merged_into.value).integer(static_cast<std::int64_t>(record.adt_fields));
        const auto folded = folded_name(record.fields[effects::PatientField::name]);
        row.integer(record.last_change).text(folded.family).text(folded.given);
        if (!kept->created) row.integer(kept->stored_change);
        add_fields(row, record.fields);
    }
}

void RecordRows::take_identifiers(const BatchRecords& records) {
    for (const auto& [key, filed] : records.filed_identifiers()) {
        auto& row = filed.replaces ? replaced_identifiers_.row() : new_identifiers_.row();
        row.text(key).integer(filed.patient.value).integer(filed.position);
        row.text(filed.identifier.value).text(filed.identifier.authority).text(filed.identifier.type);
    }
}

void RecordRows::take_orders(const BatchRecords& records) {
    for (const auto& [id, kept] : records.changed_orders()) {
        if (kept->created) {
            add_order(new_orders_.row(), kept->record);
            add_fields(new_orders_, kept->record.fields);
        } else {
            auto& row = orders_.row();
            add_order(row, kept->record);
            add_fields(row.integer(kept->stored_change), kept->record.fields);
        }
        take_steps(*kept);
    }
}

// Changed steps are guarded by their order, which is always written with them.
void RecordRows::take_steps(const BatchOrder& order) {
    const auto add = [&](auto& row, const effects::StepRecord& step) {
        row.integer(step.id.value).integer(order.record.id.value).integer(visible(order.record, step));
        add_fields(row, step.fields);
    };
    for (const auto& step : order.record.steps) {
        if (order.new_steps.contains(step.id.value))
            add(new_steps_.row(), step);
        else if (order.changed_steps.contains(step.id.value))
            add(steps_.row(), step);
    }
}

void RecordRows::copy(Connection& connection) const {
    connection.copy(new_orders_);
    connection.copy(new_steps_);
}

void RecordRows::send(Connection& connection) const {
    for (const auto* rows : {&patients_, &orders_, &steps_}) rows->send(connection);
    for (const auto* rows :
         {&new_patients_, &new_identifiers_, &replaced_identifiers_, &new_providers_, &new_keys_, &new_posted_})
        rows->send(connection);
    reports_.send(connection);
}

}  // namespace gantry::store::pgsql
