#include "engine/store/pgsql/ledger_rows.hpp"

#include "engine/store/patches.hpp"
#include "engine/store/pgsql/storable_text.hpp"

namespace gantry::store::pgsql {
namespace {

const Statement retire_messages{"retire_messages",
                                R"(UPDATE "message" SET "occurrence" = "id" WHERE "id" = ANY($1::bigint[]))"};

const Statement add_counts{
    "add_ledger_counts",
    R"(INSERT INTO "ledger_count" AS c ("id", "messages") SELECT * FROM unnest($1::bigint[], $2::bigint[]) )"
    R"(ON CONFLICT ("id") DO UPDATE SET "messages" = c."messages" + excluded."messages")"};
const Statement note_answers{
    "note_answers",
    R"(UPDATE "delivery" AS d SET "answer" = n.answer FROM unnest($1::bigint[], $2::text[]) AS n(id, answer) )"
    R"(WHERE d."id" = n.id)"};

const Statement keep_numbers{
    "keep_numbers",
    R"(INSERT INTO "sequence_number" ("sender", "last") SELECT * FROM unnest($1::text[], $2::bigint[]) )"
    R"(ON CONFLICT ("sender") DO UPDATE SET "last" = excluded."last")"};

// What was held for an error of its own is no longer, when a later revision has taken it.
const Statement settle_originals{
    "settle_originals",
    R"(WITH settled AS (UPDATE "message" SET "outcome" = 2 WHERE "id" = ANY($1::bigint[]) AND "outcome" = 5 AND )"
    R"("error" <> '' RETURNING 1) )"
    R"(INSERT INTO "ledger_count" AS c ("id", "messages") SELECT $2::bigint + t.what, t.sign * n.messages FROM )"
    R"((VALUES (5, -1), (2, 1)) AS t(what, sign), (SELECT count(*) AS messages FROM settled) AS n )"
    R"(WHERE n.messages > 0 ON CONFLICT ("id") DO UPDATE SET "messages" = c."messages" + excluded."messages")"};

const Columns message_columns{
    {"id", Type::bigint},         {"received", Type::bigint},     {"committed", Type::bigint},
    {"channel", Type::text},      {"peer", Type::text},           {"sender", Type::text},
    {"control_id", Type::text},   {"type", Type::text},           {"digest", Type::bytes},
    {"occurrence", Type::bigint}, {"duplicate_of", Type::bigint}, {"revision", Type::bigint},
    {"outcome", Type::smallint},  {"error", Type::text},          {"error_detail", Type::text},
    {"error_place", Type::text},  {"ordering_key", Type::text},   {"reply", Type::bytes}};

const Columns body_columns{{"id", Type::bigint}, {"encoding", Type::smallint}, {"content", Type::bytes}};

const Columns change_columns{{"id", Type::bigint}, {"message", Type::bigint}, {"revision", Type::bigint},
                             {"at", Type::bigint}, {"actor", Type::text},     {"patches", Type::text}};

const Columns delivery_columns{
    {"id", Type::bigint},        {"message", Type::bigint},      {"channel", Type::text},
    {"destination", Type::text}, {"lane", Type::text},           {"state", Type::smallint},
    {"attempts", Type::integer}, {"next_attempt", Type::bigint}, {"created", Type::bigint},
    {"finished", Type::bigint},  {"last_error", Type::text},     {"as_received", Type::boolean},
    {"lease_owner", Type::text}, {"lease_epoch", Type::bigint},  {"priority", Type::smallint}};

const Columns reprocessing_columns{{"id", Type::bigint},
                                   {"original", Type::bigint},
                                   {"at", Type::bigint},
                                   {"decided_by", Type::text},
                                   {"reason", Type::text}};

}  // namespace

LedgerRows::LedgerRows(std::int64_t slot)
    : slot_(slot),
      retired_(Type::bigint),
      answered_(Type::bigint),
      answers_(Type::text),
      originals_(Type::bigint),
      messages_("message", message_columns),
      bodies_("insert_bodies", "message_body", body_columns),
      changes_("insert_changes", "change_log", change_columns),
      deliveries_("insert_deliveries", "delivery", delivery_columns),
      delivery_bodies_("insert_delivery_bodies", "delivery_body", body_columns),
      reprocessings_("insert_reprocessings", "reprocessing", reprocessing_columns) {}

void LedgerRows::clear() {
    tally_.clear();
    for (auto* array : {&retired_, &answered_, &answers_, &originals_}) array->clear();
    messages_.clear();
    numbers_.clear();
    documents_.clear();
    for (auto* rows : {&bodies_, &changes_, &deliveries_, &delivery_bodies_, &reprocessings_}) rows->clear();
}

void LedgerRows::add(const Unit& unit, std::string_view digest, const Decision& decision, IdSource& ids, Instant now) {
    const auto& outcome = decision.done.outcome;
    const auto message = outcome.message;
    tally_.add(outcome.outcome);
    const Error error = outcome.error.value_or(Error{});
    const auto error_name = outcome.error ? info(error.code).name : std::string_view();
    messages_.row().integer(message).integer(unit.received.micros).integer(now.micros);
    messages_.text(unit.channel).text(unit.peer).text(unit.sender).text(unit.control_id).text(unit.type).text(digest);
    messages_.integer(decision.first_of_its_kind ? 0 : message).integer(decision.duplicate_of).integer(unit.revision);
    messages_.integer(static_cast<std::int64_t>(outcome.outcome)).text(error_name);
    messages_.text(made_storable(detail_of(outcome))).text(made_storable(error.place));
    messages_.text(unit.effects.ordering_key).text(decision.done.reply);
    const auto& body = unit.prepared->content;
    bodies_.row().integer(message).integer(static_cast<std::int64_t>(body.encoding)).text(body.bytes(unit.content));
    documents_.add(unit.prepared->attachments, message);
    for (const auto& report : decision.plan.reports) documents_.add(report.new_documents);
    if (decision.last_number) numbers_[unit.sender] = *decision.last_number;
    if (decision.answers.value != 0) {
        answered_.add(decision.answers.value);
        answers_.add(std::string_view(made_storable(unit.reply_to->answer)));
    }
    if (!decision.plan.patches.empty()) {
        auto& row = changes_.row().integer(message).integer(message).integer(unit.revision).integer(now.micros);
        row.text(unit.channel).text(patches_text(decision.plan.patches));
    }
    if (unit.reprocessing) add_reprocessing(*unit.reprocessing, outcome, now);
    add_deliveries(unit, decision, ids, now);
}

void LedgerRows::add_reprocessing(const Reprocessing& how, const effects::UnitOutcome& outcome, Instant now) {
    reprocessings_.row()
        .integer(outcome.message)
        .integer(how.original.value)
        .integer(now.micros)
        .text(made_storable(how.by))
        .text(made_storable(how.reason));
    if (!outcome.error) originals_.add(how.original.value);
}

void LedgerRows::add_deliveries(const Unit& unit, const Decision& decision, IdSource& ids, Instant now) {
    const auto message = decision.done.outcome.message;
    for_each_delivery(
        unit, decision,
        [&](const std::string& destination, Priority priority, bool as_received, BodyEncoding encoding,
            std::string_view body) {
            const auto id = ids.next();
            auto& row = deliveries_.row().integer(id).integer(message).text(unit.channel).text(destination);
            row.text(decision.lane).integer(0).integer(0).integer(0).integer(now.micros).integer(0);
            row.text({}).integer(as_received).text({}).integer(0).integer(static_cast<std::int64_t>(priority));
            if (as_received) return;
            delivery_bodies_.row().integer(id).integer(static_cast<std::int64_t>(encoding)).text(body);
        });
}

void LedgerRows::copy(Connection& connection) const {
    if (!retired_.empty()) connection.run(retire_messages, Parameters().array(retired_));
    if (!answered_.empty()) connection.run(note_answers, Parameters().array(answered_).array(answers_));
    if (!numbers_.empty()) {
        Array senders(Type::text), last(Type::bigint);
        for (const auto& [sender, number] : numbers_) {
            senders.add(std::string_view(sender));
            last.add(number);
        }
        connection.run(keep_numbers, Parameters().array(senders).array(last));
    }
    if (!originals_.empty())
        connection.run(settle_originals, Parameters().array(originals_).integer(slot_ * LedgerTally::per_slot));
    connection.copy(messages_);
}

void LedgerRows::send(Connection& connection) const {
    documents_.send(connection);
    for (const auto* rows : {&bodies_, &changes_, &deliveries_, &delivery_bodies_, &reprocessings_})
        rows->send(connection);
    Array ids(Type::bigint), messages(Type::bigint);
    for (const auto& change : tally_.changes(slot_)) {
        ids.add(change.id);
        messages.add(change.messages);
    }
    if (!ids.empty()) connection.later(add_counts, Parameters().array(ids).array(messages));
}

}  // namespace gantry::store::pgsql
