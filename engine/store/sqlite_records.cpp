#include "engine/store/columns.hpp"
#include "engine/store/patient_names.hpp"
#include "engine/store/sqlite/records.hpp"
#include "engine/store/stored_body.hpp"

namespace gantry::store::sqlite {
namespace {

using namespace effects;

constexpr auto patient_columns = R"("id", "merged_into", "adt_fields", "last_change")";
// What is written and not read back: for searches.
constexpr auto written_patient_columns =
    R"("id", "merged_into", "adt_fields", "last_change", "family_folded", "given_folded")";
constexpr auto order_columns = R"("id", "patient", "ordered_by", "performed_by", "last_change", "event_time")";
constexpr auto step_columns = R"("id", "study", "visible")";

template <class Field>
void read_fields(const Statement& row, int first, FieldValues<Field>& into) {
    for (std::size_t i = 0; i < into.size(); ++i) into.at(i) = row.column_text(first + static_cast<int>(i));
}

template <class Field>
void bind_fields(Statement& statement, const FieldValues<Field>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) statement.text(values.at(i));
}

bool visible(const OrderRecord& order, const StepRecord& step) {
    const auto& status = step.fields[StepField::status];
    return order.fields[OrderField::hold].empty() &&
           (status == "SCHEDULED" || status == "ARRIVED" || status == "READY");
}

// The first text that is greater than every text with this prefix. Keys never end in 0xff.
std::string after_prefix(std::string prefix) {
    prefix.push_back('\xff');
    return prefix;
}

}  // namespace

StoredRecords::StoredRecords(sqlite3* c)
    : patient_of_(c, R"(SELECT "patient" FROM "patient_identifier" WHERE "key" = ?)"),
      patient_(c, select_statement("patient", patient_columns, RecordKind::patient, R"("id" = ?)")),
      identifiers_(
          c,
          R"(SELECT "value", "authority", "type" FROM "patient_identifier" WHERE "patient" = ? ORDER BY "position")"),
      orders_of_(c, R"(SELECT "id" FROM "imaging_study" WHERE "patient" = ? ORDER BY "id")"),
      by_key_(c, R"(SELECT "key", "study" FROM "order_key" WHERE "key" >= ? AND "key" < ?)"),
      by_accession_(
          c,
          R"(SELECT "id" FROM "imaging_study" WHERE "accession_number" = ? AND "accession_issuer" = ? ORDER BY "id")"),
      by_study_uid_(c, R"(SELECT "id" FROM "imaging_study" WHERE "study_instance_uid" = ? ORDER BY "id")"),
      order_(c, select_statement("imaging_study", order_columns, RecordKind::order, R"("id" = ?)")),
      steps_(c, select_statement("scheduled_procedure_step", step_columns, RecordKind::step,
                                 R"("study" = ? ORDER BY "id")")),
      provider_(c, R"(SELECT "id" FROM "provider" WHERE "key" = ?)"),
      reports_(c) {}

void StoredRecords::forget() {
    patients_.clear();
    orders_.clear();
    reports_.forget();
}

std::optional<PatientId> StoredRecords::patient_of(const std::string& identifier_key) {
    const auto found = patient_of_.start().text(identifier_key).first_integer();
    return found ? std::optional(PatientId{*found}) : std::nullopt;
}

const PatientRecord* StoredRecords::patient(PatientId id) {
    const auto known = patients_.find(id.value);
    if (known != patients_.end()) return &known->second;
    if (!patient_.start().integer(id.value).step()) return nullptr;
    PatientRecord record;
    record.id = id;
    record.merged_into = {patient_.column_integer(1)};
    record.adt_fields = static_cast<std::uint64_t>(patient_.column_integer(2));
    record.last_change = patient_.column_integer(3);
    read_fields(patient_, 4, record.fields);
    patient_.start();
    identifiers_.start().integer(id.value);
    while (identifiers_.step())
        record.identifiers.push_back(
            {identifiers_.column_text(0), identifiers_.column_text(1), identifiers_.column_text(2)});
    return &patients_.emplace(id.value, std::move(record)).first->second;
}

std::vector<OrderId> StoredRecords::orders_of(PatientId id) {
    std::vector<OrderId> out;
    orders_of_.start().integer(id.value);
    while (orders_of_.step()) out.push_back({orders_of_.column_integer(0)});
    return out;
}

std::vector<OrderKeyMatch> StoredRecords::orders_with_prefix(const std::string& key_prefix) {
    std::vector<OrderKeyMatch> out;
    const auto end = after_prefix(key_prefix);
    by_key_.start().text(key_prefix).text(end);
    while (by_key_.step()) out.push_back({by_key_.column_text(0), {by_key_.column_integer(1)}});
    return out;
}

std::vector<OrderId> StoredRecords::orders_with_accession(const std::string& accession, const std::string& issuer) {
    std::vector<OrderId> out;
    by_accession_.start().text(accession).text(issuer);
    while (by_accession_.step()) out.push_back({by_accession_.column_integer(0)});
    return out;
}

const OrderRecord* StoredRecords::order(OrderId id) {
    const auto known = orders_.find(id.value);
    if (known != orders_.end()) return &known->second;
    if (!order_.start().integer(id.value).step()) return nullptr;
    OrderRecord record;
    record.id = id;
    record.patient = {order_.column_integer(1)};
    record.ordered_by = {order_.column_integer(2)};
    record.performed_by = {order_.column_integer(3)};
    record.last_change = order_.column_integer(4);
    record.event_time = order_.column_text(5);
    read_fields(order_, 6, record.fields);
    order_.start();
    record.steps = steps_of(id);
    return &orders_.emplace(id.value, std::move(record)).first->second;
}

std::vector<StepRecord> StoredRecords::steps_of(OrderId id) {
    std::vector<StepRecord> out;
    steps_.start().integer(id.value);
    while (steps_.step()) {
        auto& step = out.emplace_back();
        step.id = {steps_.column_integer(0)};
        read_fields(steps_, 3, step.fields);
    }
    return out;
}

std::optional<ProviderId> StoredRecords::provider_of(const std::string& key) {
    const auto found = provider_.start().text(key).first_integer();
    return found ? std::optional(ProviderId{*found}) : std::nullopt;
}

std::vector<OrderId> StoredRecords::orders_with_study_uid(const std::string& uid) {
    std::vector<OrderId> out;
    by_study_uid_.start().text(uid);
    while (by_study_uid_.step()) out.push_back({by_study_uid_.column_integer(0)});
    return out;
}

std::vector<ReportKeyMatch> StoredRecords::reports_with_prefix(const std::string& key_prefix) {
    return reports_.with_prefix(key_prefix);
}
std::vector<ReportId> StoredRecords::reports_of(OrderId id) {
    return reports_.of(id);
}
const ReportRecord* StoredRecords::report(ReportId id) {
    return reports_.report(id);
}

RecordWriter::RecordWriter(sqlite3* c)
    : insert_patient_(c, insert_statement("patient", written_patient_columns, RecordKind::patient)),
      update_patient_(c, update_statement("patient", written_patient_columns, RecordKind::patient)),
      insert_identifier_(
          c, R"(INSERT INTO "patient_identifier" ("key", "patient", "position", "value", "authority", "type") )"
             R"(VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT ("key") DO UPDATE SET "patient" = excluded."patient", )"
             R"("position" = excluded."position", "type" = excluded."type")"),
      insert_provider_(
          c,
          R"(INSERT INTO "provider" ("id", "key", "identifier", "authority", "name", "role") VALUES (?, ?, ?, ?, ?, ''))"),
      insert_order_(c, insert_statement("imaging_study", order_columns, RecordKind::order)),
      update_order_(c, update_statement("imaging_study", order_columns, RecordKind::order)),
      insert_key_(c, R"(INSERT INTO "order_key" ("key", "study") VALUES (?, ?))"),
      insert_step_(c, insert_statement("scheduled_procedure_step", step_columns, RecordKind::step)),
      update_step_(c, update_statement("scheduled_procedure_step", step_columns, RecordKind::step)),
      hide_steps_(
          c,
          R"(UPDATE "scheduled_procedure_step" SET "visible" = ("status" IN ('SCHEDULED', 'ARRIVED', 'READY') AND ? = 0) )"
          R"(WHERE "study" = ?)"),
      insert_posted_(c, R"(INSERT INTO "posted_resource" ("sum", "content", "encoding") VALUES (?, ?, ?) )"
                        R"(ON CONFLICT DO NOTHING)"),
      reports_(c) {}

void RecordWriter::write(const Plan& plan, std::int64_t change) {
    for (const auto& provider : plan.new_providers) {
        insert_provider_.start().integer(provider.id.value).text(provider.key).text(provider.identifier);
        insert_provider_.text(provider.authority).text(provider.name).run();
    }
    for (const auto& patient : plan.patients) write(patient, change);
    for (const auto& order : plan.orders) write(order, change);
    for (const auto& report : plan.reports) reports_.write(report, change);
    for (const auto& posted : plan.posted) {
        const auto body = stored_body(posted.text);
        insert_posted_.start().text(posted.sum).blob(body.bytes(posted.text));
        insert_posted_.integer(static_cast<std::int64_t>(body.encoding)).run();
    }
}

void RecordWriter::write(const PatientWrite& patient, std::int64_t change) {
    const auto& record = patient.after;
    auto& statement = patient.created ? insert_patient_ : update_patient_;
    statement.start().integer(record.id.value).integer(record.merged_into.value);
    statement.integer(static_cast<std::int64_t>(record.adt_fields)).integer(change);
    const auto folded = folded_name(record.fields[PatientField::name]);
    statement.text(folded.family).text(folded.given);
    bind_fields(statement, record.fields);
    if (!patient.created) statement.integer(record.id.value);
    statement.run();
    auto position = static_cast<std::int64_t>(record.identifiers.size() - patient.new_identifiers.size());
    for (const auto& identifier : patient.new_identifiers) {
        const auto key = identifier_key(identifier);
        insert_identifier_.start().text(key).integer(record.id.value).integer(position++);
        insert_identifier_.text(identifier.value).text(identifier.authority).text(identifier.type).run();
    }
}

void RecordWriter::write(const OrderWrite& order, std::int64_t change) {
    const auto& record = order.after;
    auto& statement = order.created ? insert_order_ : update_order_;
    statement.start().integer(record.id.value).integer(record.patient.value).integer(record.ordered_by.value);
    statement.integer(record.performed_by.value).integer(change).text(record.event_time);
    bind_fields(statement, record.fields);
    if (!order.created) statement.integer(record.id.value);
    statement.run();
    for (const auto& key : order.new_keys) insert_key_.start().text(key).integer(record.id.value).run();
    for (const auto& step : record.steps) {
        const bool added = std::find(order.new_steps.begin(), order.new_steps.end(), step.id) != order.new_steps.end();
        if (!added &&
            std::find(order.changed_steps.begin(), order.changed_steps.end(), step.id) == order.changed_steps.end())
            continue;
        auto& write_step = added ? insert_step_ : update_step_;
        write_step.start().integer(step.id.value).integer(record.id.value).integer(visible(record, step));
        bind_fields(write_step, step.fields);
        if (!added) write_step.integer(step.id.value);
        write_step.run();
    }
    // A hold or release changes what is visible without touching the steps themselves.
    if (!order.created)
        hide_steps_.start().integer(!record.fields[OrderField::hold].empty()).integer(record.id.value).run();
}

}  // namespace gantry::store::sqlite
