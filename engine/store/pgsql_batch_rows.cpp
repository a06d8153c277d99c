#include <algorithm>

#include "engine/store/columns.hpp"
#include "engine/store/patches.hpp"
#include "engine/store/pgsql/batch_rows.hpp"
#include "engine/store/pgsql/storable_text.hpp"

namespace gantry::store::pgsql {
namespace {

using effects::RecordKind;

const Statement retire_messages{"retire_messages",
                                R"(UPDATE "message" SET "occurrence" = "id" WHERE "id" = ANY($1::bigint[]))"};

const Statement replace_identifiers{
    "replace_identifiers",
    R"(INSERT INTO "patient_identifier" ("key", "patient", "position", "value", "authority", "type") SELECT * FROM )"
    R"(unnest($1::text[], $2::bigint[], $3::integer[], $4::text[], $5::text[], $6::text[]) ON CONFLICT ("key") DO )"
    R"(UPDATE SET "patient" = excluded."patient", "position" = excluded."position", "type" = excluded."type")"};

template <class Field>
void add_fields(CopyRows& rows, const effects::FieldValues<Field>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) rows.text(values.at(i));
}

// UPDATE of many rows from arrays: some fixed columns, then all fields of the table.
class RowUpdate {
  public:
    // fixed: the columns before the fields, in order; the first is the id. guarded: after the fixed columns comes the
    // last_change that the row must still have.
    struct Column {
        std::string_view name, type;
        Array::Of of;
    };
    RowUpdate(const char* name, std::string_view table, std::vector<Column> fixed, RecordKind kind, bool guarded)
        : statement_{name, sql(table, fixed, kind, guarded)} {
        for (const auto& column : fixed) columns_.emplace_back(column.of);
        if (guarded) columns_.emplace_back(Array::Of::bigint);
        columns_.resize(columns_.size() + effects::field_table(kind).size(), Array(Array::Of::text));
    }

    RowUpdate& row() {
        next_ = 0;
        return *this;
    }
    RowUpdate& integer(std::int64_t value) {
        columns_[next_++].add(value);
        return *this;
    }
    RowUpdate& text(std::string_view value) {
        columns_[next_++].add(value);
        return *this;
    }
    template <class Field>
    void fields(const effects::FieldValues<Field>& values) {
        for (std::size_t i = 0; i < values.size(); ++i) columns_[next_++].add(std::string_view(values.at(i)));
    }

    void run(Connection& connection) const {
        if (columns_.front().empty()) return;
        Parameters parameters;
        for (const auto& column : columns_) parameters.array(column);
        const auto answer = connection.run(statement_, parameters);
        if (answer.affected() != columns_.front().size()) throw Failure(Trouble::conflict);
    }

  private:
    static std::string sql(std::string_view table, const std::vector<Column>& fixed, RecordKind kind, bool guarded) {
        std::string assignments, arrays, names;
        int parameter = 0;
        const auto add = [&](std::string_view name, std::string_view type) {
            const auto separator = parameter == 0 ? "" : ", ";
            arrays.append(separator).append("$").append(std::to_string(++parameter)).append("::").append(type);
            arrays.append("[]");
            names.append(separator).append("\"").append(name).append("\"");
        };
        const auto assign = [&](std::string_view name) {
            assignments.append(assignments.empty() ? "\"" : ", \"").append(name).append("\" = n.\"").append(name);
            assignments.append("\"");
        };
        for (const auto& column : fixed) {
            if (parameter > 0) assign(column.name);
            add(column.name, column.type);
        }
        if (guarded) add("as_read", "bigint");
        for (const auto& field : effects::field_table(kind)) {
            assign(field.name);
            add(field.name, "text");
        }
        return "UPDATE \"" + std::string(table) + "\" AS t SET " + assignments + " FROM unnest(" + arrays + ") AS n(" +
               names + ") WHERE t.\"id\" = n.\"id\"" + (guarded ? " AND t.\"last_change\" = n.\"as_read\"" : "");
    }

    Statement statement_;
    std::vector<Array> columns_;
    std::size_t next_ = 0;
};

void write_patients(const BatchRecords& records, Connection& connection) {
    using Of = Array::Of;
    CopyRows created("patient",
                     R"("id", "merged_into", "adt_fields", "last_change", )" + column_list(RecordKind::patient));
    RowUpdate changed("update_patients", "patient",
                      {{"id", "bigint", Of::bigint},
                       {"merged_into", "bigint", Of::bigint},
                       {"adt_fields", "bigint", Of::bigint},
                       {"last_change", "bigint", Of::bigint}},
                      RecordKind::patient, true);
    for (const auto& [id, kept] : records.changed_patients()) {
        const auto& record = kept->record;
        const auto adt_fields = static_cast<std::int64_t>(record.adt_fields);
        if (kept->created) {
            created.row().bigint(id).bigint(record.merged_into.value).bigint(adt_fields).bigint(record.last_change);
            add_fields(created, record.fields);
        } else {
            changed.row().integer(id).integer(record.merged_into.value).integer(adt_fields).integer(record.last_change);
            changed.integer(kept->stored_change).fields(record.fields);
        }
    }
    changed.run(connection);
    connection.copy(created);
}

void write_identifiers(const BatchRecords& records, Connection& connection) {
    CopyRows rows("patient_identifier", R"("key", "patient", "position", "value", "authority", "type")");
    Array keys(Array::Of::text), patients(Array::Of::bigint), positions(Array::Of::integer), values(Array::Of::text),
        authorities(Array::Of::text), types(Array::Of::text);
    for (const auto& [key, filed] : records.filed_identifiers()) {
        const auto& [value, authority, type] = filed.identifier;
        if (filed.replaces) {
            keys.add(std::string_view(key));
            patients.add(filed.patient.value);
            positions.add(filed.position);
            values.add(std::string_view(value));
            authorities.add(std::string_view(authority));
            types.add(std::string_view(type));
        } else {
            rows.row().text(key).bigint(filed.patient.value).integer(filed.position);
            rows.text(value).text(authority).text(type);
        }
    }
    connection.copy(rows);
    if (keys.empty()) return;
    connection.run(
        replace_identifiers,
        Parameters().array(keys).array(patients).array(positions).array(values).array(authorities).array(types));
}

void write_providers(const BatchRecords& records, Connection& connection) {
    CopyRows rows("provider", R"("id", "key", "identifier", "authority", "name", "role")");
    for (const auto& [key, provider] : records.new_providers())
        rows.row()
            .bigint(provider.id.value)
            .text(key)
            .text(provider.identifier)
            .text(provider.authority)
            .text(provider.name)
            .text({});
    connection.copy(rows);
}

void write_orders(const BatchRecords& records, Connection& connection) {
    using Of = Array::Of;
    CopyRows created("imaging_study",
                     R"("id", "patient", "ordered_by", "performed_by", "last_change", "event_time", )" +
                         column_list(RecordKind::order));
    RowUpdate changed("update_orders", "imaging_study",
                      {{"id", "bigint", Of::bigint},
                       {"patient", "bigint", Of::bigint},
                       {"ordered_by", "bigint", Of::bigint},
                       {"performed_by", "bigint", Of::bigint},
                       {"last_change", "bigint", Of::bigint},
                       {"event_time", "text", Of::text}},
                      RecordKind::order, true);
    for (const auto& [id, kept] : records.changed_orders()) {
        const auto& record = kept->record;
        if (kept->created) {
            created.row().bigint(id).bigint(record.patient.value).bigint(record.ordered_by.value);
            created.bigint(record.performed_by.value).bigint(record.last_change).text(record.event_time);
            add_fields(created, record.fields);
        } else {
            changed.row().integer(id).integer(record.patient.value).integer(record.ordered_by.value);
            changed.integer(record.performed_by.value).integer(record.last_change).text(record.event_time);
            changed.integer(kept->stored_change).fields(record.fields);
        }
    }
    changed.run(connection);
    connection.copy(created);
}

void write_order_keys(const BatchRecords& records, Connection& connection) {
    CopyRows rows("order_key", R"("key", "study")");
    for (const auto& [key, order] : records.new_keys()) rows.row().text(key).bigint(order.value);
    connection.copy(rows);
}

// Guarded by their order, which is always written with them.
void write_steps(const BatchRecords& records, Connection& connection) {
    using Of = Array::Of;
    CopyRows created("scheduled_procedure_step", R"("id", "study", "visible", )" + column_list(RecordKind::step));
    RowUpdate changed(
        "update_steps", "scheduled_procedure_step",
        {{"id", "bigint", Of::bigint}, {"study", "bigint", Of::bigint}, {"visible", "boolean", Of::boolean}},
        RecordKind::step, false);
    for (const auto& [id, kept] : records.changed_orders()) {
        for (const auto& step : kept->record.steps) {
            const bool shown = visible(kept->record, step);
            if (kept->new_steps.contains(step.id.value)) {
                created.row().bigint(step.id.value).bigint(id).boolean(shown);
                add_fields(created, step.fields);
            } else if (kept->changed_steps.contains(step.id.value)) {
                changed.row().integer(step.id.value).integer(id).integer(shown).fields(step.fields);
            }
        }
    }
    changed.run(connection);
    connection.copy(created);
}

}  // namespace

void write_records(const BatchRecords& records, Connection& connection) {
    write_patients(records, connection);
    write_orders(records, connection);
    write_steps(records, connection);
    write_identifiers(records, connection);
    write_providers(records, connection);
    write_order_keys(records, connection);
}

LedgerRows::LedgerRows()
    : messages_("message",
                R"("id", "received", "committed", "channel", "peer", "sender", "control_id", "type", "digest", )"
                R"("occurrence", "duplicate_of", "revision", "outcome", "error", "error_detail", "error_place", )"
                R"("ordering_key", "reply")"),
      bodies_("message_body", R"("id", "encoding", "content")"),
      changes_("change_log", R"("id", "message", "revision", "at", "actor", "patches")"),
      deliveries_("delivery",
                  R"("id", "message", "channel", "destination", "lane", "state", "attempts", "next_attempt", )"
                  R"("created", "finished", "last_error", "as_received", "lease_owner", "lease_epoch")"),
      delivery_bodies_("delivery_body", R"("id", "encoding", "content")") {}

void LedgerRows::clear() {
    retired_.clear();
    for (auto* rows : {&messages_, &bodies_, &changes_, &deliveries_, &delivery_bodies_}) rows->clear();
}

void LedgerRows::add(const Unit& unit, std::string_view digest, const Decision& decision, IdSource& ids, Instant now) {
    const auto& outcome = decision.done.outcome;
    const auto message = outcome.message;
    const Error error = outcome.error.value_or(Error{});
    const auto error_name = outcome.error ? info(error.code).name : std::string_view();
    messages_.row().bigint(message).bigint(unit.received.micros).bigint(now.micros);
    messages_.text(unit.channel).text(unit.peer).text(unit.sender).text(unit.control_id).text(unit.type).text(digest);
    messages_.bigint(decision.first_of_its_kind ? 0 : message).bigint(decision.duplicate_of).bigint(unit.revision);
    messages_.smallint(static_cast<std::int64_t>(outcome.outcome)).text(error_name);
    messages_.text(made_storable(error.detail)).text(made_storable(error.place));
    messages_.text(unit.effects.ordering_key).text(decision.done.reply);
    bodies_.row().bigint(message).smallint(0).text(unit.content);
    if (!decision.plan.patches.empty()) {
        changes_.row().bigint(message).bigint(message).bigint(unit.revision).bigint(now.micros).text(unit.channel);
        changes_.text(patches_text(decision.plan.patches));
    }
    if (outcome.outcome == effects::Outcome::pending) add_deliveries(unit, message, ids, now);
}

void LedgerRows::add_deliveries(const Unit& unit, std::int64_t message, IdSource& ids, Instant now) {
    for (const auto& request : unit.effects.deliveries) {
        const auto id = ids.next();
        deliveries_.row().bigint(id).bigint(message).text(unit.channel).text(request.destination);
        deliveries_.text(unit.effects.ordering_key).smallint(0).integer(0).bigint(0).bigint(now.micros).bigint(0);
        deliveries_.text({}).boolean(request.as_received).text({}).bigint(0);
        if (!request.as_received) delivery_bodies_.row().bigint(id).smallint(0).text(request.payload);
    }
}

void LedgerRows::write(Connection& connection) {
    if (!retired_.empty()) {
        Array messages(Array::Of::bigint);
        for (const auto message : retired_) messages.add(message);
        connection.run(retire_messages, Parameters().array(messages));
    }
    for (const auto* rows : {&messages_, &bodies_, &changes_, &deliveries_, &delivery_bodies_}) connection.copy(*rows);
}

}  // namespace gantry::store::pgsql
