#include "engine/store/pgsql/deliveries.hpp"

#include <unordered_set>

#include "engine/store/pgsql/intake.hpp"
#include "engine/store/pgsql/ledger_slots.hpp"
#include "engine/store/pgsql/storable_text.hpp"
#include "engine/store/urgent_lanes.hpp"

namespace gantry::store::pgsql {
namespace {

// Two workers may finish two deliveries of one message at once: who comes second must see what the first one wrote.
const Statement lock_messages{"lock_messages",
                              R"(SELECT "id" FROM "message" WHERE "id" IN (SELECT "message" FROM "delivery" )"
                              R"(WHERE "id" = ANY($1::bigint[])) ORDER BY "id" FOR UPDATE)"};
const Statement insert_attempts{
    "insert_attempts",
    R"(INSERT INTO "delivery_attempt" ("id", "delivery", "started", "finished", "verdict", "detail") )"
    R"(SELECT n.id, n.delivery, n.started, n.finished, n.verdict, n.detail )"
    R"(FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::smallint[], $6::text[], $7::bigint[], )"
    R"($8::smallint[]) AS n(id, delivery, started, finished, verdict, detail, number, doubtful) )"
    R"(JOIN "delivery" AS d ON d."id" = n.delivery )"
    R"(WHERE (n.number = 0 OR d."attempts" = n.number - 1) AND (n.doubtful = 0 OR d."answer" = ''))"};
const Statement begin_attempts{"begin_attempts",
                               R"(UPDATE "delivery" SET "begun" = $2 WHERE "id" = ANY($1::bigint[]) AND "state" = 0)"};
// What a person held meanwhile (5) stays held when it shall be tried again; what one discarded (2), unless it arrived.
// Of what is in doubt (7) only an answer that came after all is recorded.
const Statement update_deliveries{
    "update_deliveries",
    R"(UPDATE "delivery" AS d SET "state" = CASE WHEN (n.state = 0 AND d."state" <> 7) OR (d."state" = 2 AND n.state <> 1) )"
    R"(THEN d."state" ELSE n.state END, )"
    R"("attempts" = d."attempts" + n.counts, "next_attempt" = n.next, "finished" = n.finished, )"
    R"("last_error" = CASE WHEN n.counts = 0 AND n.detail = '' THEN d."last_error" ELSE n.detail END, "begun" = 0, )"
    R"("answer_until" = n.until, "answer" = CASE WHEN n.judged = 1 THEN '' ELSE d."answer" END )"
    R"(FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], )"
    R"($8::bigint[], $9::smallint[], $10::smallint[]) )"
    R"(AS n(id, state, next, finished, detail, counts, number, until, judged, doubtful) )"
    R"(WHERE d."id" = n.id AND (d."state" IN (0, 2, 5) OR (d."state" = 7 AND n.judged = 1)) )"
    R"(AND (n.number = 0 OR d."attempts" = n.number - 1) AND (n.doubtful = 0 OR d."answer" = ''))"};
const Statement expect_replies{
    "expect_replies",
    R"(INSERT INTO "awaited_reply" ("id", "destination", "control_id", "names") SELECT * )"
    R"(FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) ON CONFLICT ("id") DO UPDATE )"
    R"(SET "destination" = excluded."destination", "control_id" = excluded."control_id", "names" = excluded."names")"};
const Statement begin_numbers{"begin_numbers", R"(INSERT INTO "sequence_number" ("sender", "last") )"
                                               R"(VALUES ('destination ' || $1::text, 0) ON CONFLICT DO NOTHING)"};
const Statement count_up{
    "count_up", R"(UPDATE "sequence_number" SET "last" = "last" + 1 WHERE "sender" = 'destination ' || $1::text )"
                R"(AND EXISTS (SELECT 1 FROM "delivery" WHERE "id" = $2::bigint AND "number" = 0))"};
const Statement give_number{"give_number",
                            R"(UPDATE "delivery" SET "number" = (SELECT "last" FROM "sequence_number" )"
                            R"(WHERE "sender" = 'destination ' || $1::text) WHERE "id" = $2::bigint AND "number" = 0)"};
const Statement take_number_back{"take_number_back", R"(UPDATE "delivery" SET "number" = 0 WHERE "id" = $1::bigint)"};
const Statement next_number{
    "next_number", R"(UPDATE "sequence_number" SET "last" = $1::bigint - 1 WHERE "sender" = 'destination ' || )"
                   R"((SELECT "destination" FROM "delivery" WHERE "id" = $2::bigint))"};
const Statement note_answers{
    "note_answers",
    R"(UPDATE "delivery" AS d SET "answer" = n.answer FROM unnest($1::bigint[], $2::text[]) AS n(id, answer) )"
    R"(WHERE d."id" = n.id AND d."state" IN (0, 5, 7) AND d."answer" = '')"};
const Statement forget_replies{"forget_replies", R"(DELETE FROM "awaited_reply" WHERE "id" = ANY($1::bigint[]) )"
                                                 R"(AND ("id" = ANY($2::bigint[]) OR "id" IN )"
                                                 R"((SELECT "id" FROM "delivery" WHERE "id" = ANY($1::bigint[]) )"
                                                 R"(AND "state" NOT IN (0, 5, 7))))"};
const Statement rank_deliveries{
    "rank_deliveries",
    R"(UPDATE "delivery" SET "priority" = $2::bigint WHERE "id" = ANY($1::bigint[]) AND "priority" = 0)"};
// A message's outcome is the first that any of its deliveries has, in the order in doubt, dead, held, pending,
// delivered; filtered when a person discarded them all. One that was refused or filtered stays so: what leaves is only
// its answer.
const Statement settle_messages{
    "settle_messages",
    R"(WITH settled AS (UPDATE "message" AS m SET "outcome" = s.outcome FROM (SELECT d."message", CASE )"
    R"(WHEN bool_or(d."state" = 7) THEN 7 WHEN bool_or(d."state" = 6) THEN 6 WHEN bool_or(d."state" = 5) THEN 5 )"
    R"(WHEN bool_or(d."state" = 0) THEN 0 WHEN bool_or(d."state" = 1) THEN 1 ELSE 2 END AS outcome )"
    R"(FROM "delivery" AS d WHERE d."message" IN (SELECT "message" FROM "delivery" WHERE "id" = ANY($1::bigint[])) )"
    R"(GROUP BY d."message") AS s, "message" AS was WHERE m."id" = s."message" AND was."id" = m."id" )"
    R"(AND m."outcome" <> s.outcome AND m."error" = '' AND m."error_detail" = '' RETURNING was."outcome" AS before, m."outcome" AS after) )"
    R"(INSERT INTO "ledger_count" AS c ("id", "messages") SELECT $2::bigint + t.what, sum(t.messages) FROM )"
    R"((SELECT before, -1 FROM settled UNION ALL SELECT after, 1 FROM settled) AS t(what, messages) GROUP BY t.what )"
    R"(ON CONFLICT ("id") DO UPDATE SET "messages" = c."messages" + excluded."messages")"};

}  // namespace

PgsqlDeliveries::PgsqlDeliveries(odb::database& database, const std::string& target, const StoreOptions& options,
                                 std::int64_t after, const Clock& clock)
    : queue_(database),
      connection_(target, "SET enable_seqscan = off"),
      ids_(clock, options.node * most_committers, after),
      counts_from_(slot_of(options.node, LedgerWriter::deliveries) * LedgerTally::per_slot) {}

Result<void> PgsqlDeliveries::begin(std::span<const DeliveryId> deliveries, Instant at) {
    Array ids(Type::bigint);
    for (const auto& delivery : deliveries) ids.add(delivery.value);
    return run(begin_attempts, Parameters().array(ids).integer(at.micros));
}

Result<void> PgsqlDeliveries::number(const std::string& destination, std::span<const DeliveryId> deliveries) {
    const std::lock_guard lock(mutex_);
    try {
        connection_.transaction([&] {
            connection_.run(begin_numbers, Parameters().text(destination));
            for (const auto& delivery : deliveries) {
                connection_.run(count_up, Parameters().text(destination).integer(delivery.value));
                connection_.run(give_number, Parameters().text(destination).integer(delivery.value));
            }
        });
        return {};
    } catch (const Failure&) {
        return Error{ErrorCode::storage_unavailable, {}, {}};
    }
}

Result<void> PgsqlDeliveries::expect(std::span<const AwaitedReply> replies) {
    Array ids(Type::bigint), destinations(Type::text), control_ids(Type::text), names(Type::text);
    for (const auto& reply : replies) {
        ids.add(reply.delivery.value);
        destinations.add(std::string_view(reply.destination));
        control_ids.add(std::string_view(made_storable(reply.control_id)));
        names.add(std::string_view(made_storable(reply.names)));
    }
    return run(expect_replies, Parameters().array(ids).array(destinations).array(control_ids).array(names));
}

Result<void> PgsqlDeliveries::answered(std::span<const ReplyHeard> replies) {
    Array ids(Type::bigint), answers(Type::text);
    for (const auto& reply : replies) {
        ids.add(reply.delivery.value);
        answers.add(std::string_view(made_storable(reply.answer)));
    }
    return run(note_answers, Parameters().array(ids).array(answers));
}

Result<DeliveryId> PgsqlDeliveries::rank(const std::string& destination, DeliveryId after, std::size_t most) {
    const auto found = queue_.unranked(destination, after, most);
    if (!found) return found.error();
    const auto give = [&](const std::vector<std::int64_t>& which, Priority priority) -> Result<void> {
        if (which.empty()) return {};
        Array ids(Type::bigint);
        for (const auto id : which) ids.add(id);
        return run(rank_deliveries, Parameters().array(ids).integer(static_cast<std::int64_t>(priority)));
    };
    if (auto done = give(found->ordinary, Priority::ordinary); !done) return done.error();
    if (auto done = give(found->joined, Priority::ordinary_joined); !done) return done.error();
    return found->last;
}

Result<void> PgsqlDeliveries::run(const Statement& statement, const Parameters& parameters) {
    const std::lock_guard lock(mutex_);
    try {
        connection_.transaction([&] { connection_.run(statement, parameters); });
        return {};
    } catch (const Failure&) {
        return Error{ErrorCode::storage_unavailable, {}, {}};
    }
}

Result<void> PgsqlDeliveries::record(std::span<const Attempt> attempts) {
    const std::lock_guard lock(mutex_);
    try {
        connection_.transaction([&] {
            // One statement changes a row once: a delivery that was attempted twice is written in two parts.
            std::unordered_set<std::int64_t> seen;
            std::size_t begin = 0;
            for (std::size_t i = 0; i < attempts.size(); ++i) {
                if (seen.insert(attempts[i].delivery.value).second) continue;
                write(attempts.subspan(begin, i - begin));
                begin = i;
                seen = {attempts[i].delivery.value};
            }
            write(attempts.subspan(begin));
        });
        return {};
    } catch (const Failure&) {
        return Error{ErrorCode::storage_unavailable, {}, {}};
    }
}

void PgsqlDeliveries::write(std::span<const Attempt> attempts) {
    if (attempts.empty()) return;
    ArrayRows rows({{"id", Type::bigint},
                    {"delivery", Type::bigint},
                    {"started", Type::bigint},
                    {"finished", Type::bigint},
                    {"verdict", Type::smallint},
                    {"detail", Type::text},
                    {"number", Type::bigint},
                    {"doubtful", Type::smallint}});
    using Kind = Attempt::Kind;
    bool any_made = false;
    Array ids(Type::bigint), states(Type::smallint), next(Type::bigint), finished(Type::bigint), details(Type::text);
    Array counts(Type::bigint), numbers(Type::bigint), until(Type::bigint);
    Array judged(Type::smallint), doubtful(Type::smallint), answered(Type::bigint);
    for (const auto& attempt : attempts) {
        const auto state = static_cast<std::int64_t>(attempt.state);
        const bool again = attempt.state == effects::Outcome::pending;
        const auto detail = made_storable(attempt.detail);
        const std::int64_t unless_answered = attempt.unless_answered || attempt.kind == Kind::doubtful ? 1 : 0;
        if (attempt.kind != Kind::not_made) {
            const auto verdict = static_cast<std::int64_t>(effects::Outcome::in_doubt);
            rows.row().integer(ids_.next()).integer(attempt.delivery.value).integer(attempt.started.micros);
            rows.integer(attempt.finished.micros).integer(attempt.kind == Kind::doubtful ? verdict : state);
            rows.text(detail).integer(attempt.number).integer(unless_answered);
            any_made = true;
        }
        counts.add(std::int64_t{attempt.kind == Kind::not_made ? 0 : 1});
        numbers.add(std::int64_t{attempt.number});
        until.add(again ? attempt.answer_until.micros : 0);
        judged.add(std::int64_t{attempt.judged ? 1 : 0});
        doubtful.add(unless_answered);
        // What was answered is not answered twice, also when it is sent again.
        if (attempt.judged && unless_answered == 0) answered.add(attempt.delivery.value);
        ids.add(attempt.delivery.value);
        states.add(state);
        next.add(again ? attempt.next_attempt.micros : 0);
        finished.add(again ? 0 : attempt.finished.micros);
        details.add(std::string_view(detail));
    }
    connection_.later(lock_messages, Parameters().array(ids));
    if (any_made) connection_.later(insert_attempts, rows.parameters());
    auto changes = Parameters();
    changes.array(ids).array(states).array(next).array(finished).array(details).array(counts).array(numbers);
    changes.array(until).array(judged).array(doubtful);
    connection_.later(update_deliveries, changes);
    connection_.later(settle_messages, Parameters().array(ids).integer(counts_from_));
    connection_.later(forget_replies, Parameters().array(ids).array(answered));
    for (const auto& attempt : attempts) {
        if (attempt.next_number == 0) continue;
        connection_.later(take_number_back, Parameters().integer(attempt.delivery.value));
        connection_.later(next_number, Parameters().integer(attempt.next_number).integer(attempt.delivery.value));
    }
    connection_.flush();
}

}  // namespace gantry::store::pgsql
