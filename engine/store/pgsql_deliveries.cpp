#include "engine/store/pgsql/deliveries.hpp"

#include <unordered_set>

#include "engine/store/pgsql/intake.hpp"
#include "engine/store/pgsql/ledger_slots.hpp"
#include "engine/store/pgsql/storable_text.hpp"

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
    R"(FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::smallint[], $6::text[], $7::bigint[]) )"
    R"(AS n(id, delivery, started, finished, verdict, detail, number) JOIN "delivery" AS d ON d."id" = n.delivery )"
    R"(WHERE n.number = 0 OR d."attempts" = n.number - 1)"};
const Statement begin_attempts{"begin_attempts",
                               R"(UPDATE "delivery" SET "begun" = $2 WHERE "id" = ANY($1::bigint[]) AND "state" = 0)"};
// What a person held meanwhile (5) stays held when it shall be tried again; what one discarded (2), unless it arrived.
const Statement update_deliveries{
    "update_deliveries",
    R"(UPDATE "delivery" AS d SET "state" = CASE WHEN n.state = 0 OR (d."state" = 2 AND n.state <> 1) )"
    R"(THEN d."state" ELSE n.state END, )"
    R"("attempts" = d."attempts" + n.counts, "next_attempt" = n.next, "finished" = n.finished, )"
    R"("last_error" = CASE WHEN n.counts = 0 AND n.detail = '' THEN d."last_error" ELSE n.detail END, "begun" = 0 )"
    R"(FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[]) )"
    R"(AS n(id, state, next, finished, detail, counts, number) WHERE d."id" = n.id AND d."state" IN (0, 2, 5) )"
    R"(AND (n.number = 0 OR d."attempts" = n.number - 1))"};
// A message's outcome is the first that any of its deliveries has, in the order in doubt, dead, held, pending,
// delivered; filtered when a person discarded them all.
const Statement settle_messages{
    "settle_messages",
    R"(WITH settled AS (UPDATE "message" AS m SET "outcome" = s.outcome FROM (SELECT d."message", CASE )"
    R"(WHEN bool_or(d."state" = 7) THEN 7 WHEN bool_or(d."state" = 6) THEN 6 WHEN bool_or(d."state" = 5) THEN 5 )"
    R"(WHEN bool_or(d."state" = 0) THEN 0 WHEN bool_or(d."state" = 1) THEN 1 ELSE 2 END AS outcome )"
    R"(FROM "delivery" AS d WHERE d."message" IN (SELECT "message" FROM "delivery" WHERE "id" = ANY($1::bigint[])) )"
    R"(GROUP BY d."message") AS s, "message" AS was WHERE m."id" = s."message" AND was."id" = m."id" )"
    R"(AND m."outcome" <> s.outcome RETURNING was."outcome" AS before, m."outcome" AS after) )"
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
    const std::lock_guard lock(mutex_);
    try {
        Array ids(Type::bigint);
        for (const auto& delivery : deliveries) ids.add(delivery.value);
        connection_.transaction([&] { connection_.run(begin_attempts, Parameters().array(ids).integer(at.micros)); });
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
                    {"number", Type::bigint}});
    using Kind = Attempt::Kind;
    bool any_made = false;
    Array ids(Type::bigint), states(Type::smallint), next(Type::bigint), finished(Type::bigint), details(Type::text);
    Array counts(Type::bigint), numbers(Type::bigint);
    for (const auto& attempt : attempts) {
        const auto state = static_cast<std::int64_t>(attempt.state);
        const bool again = attempt.state == effects::Outcome::pending;
        const auto detail = made_storable(attempt.detail);
        if (attempt.kind != Kind::not_made) {
            const auto verdict = static_cast<std::int64_t>(effects::Outcome::in_doubt);
            rows.row().integer(ids_.next()).integer(attempt.delivery.value).integer(attempt.started.micros);
            rows.integer(attempt.finished.micros).integer(attempt.kind == Kind::doubtful ? verdict : state);
            rows.text(detail).integer(attempt.number);
            any_made = true;
        }
        counts.add(std::int64_t{attempt.kind == Kind::not_made ? 0 : 1});
        numbers.add(std::int64_t{attempt.number});
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
    connection_.later(update_deliveries, changes);
    connection_.later(settle_messages, Parameters().array(ids).integer(counts_from_));
    connection_.flush();
}

}  // namespace gantry::store::pgsql
