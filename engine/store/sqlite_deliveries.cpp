#include "engine/store/sqlite/deliveries.hpp"

namespace gantry::store::sqlite {
namespace {

// A message's outcome is the first that any of its deliveries has, in the order in doubt, dead, held, pending,
// delivered; filtered when a person discarded them all.
constexpr auto look_at_message = R"(
SELECT "id", "outcome", (
    SELECT CASE WHEN max("state" = 7) THEN 7 WHEN max("state" = 6) THEN 6 WHEN max("state" = 5) THEN 5
                WHEN max("state" = 0) THEN 0 WHEN max("state" = 1) THEN 1 ELSE 2 END
    FROM "delivery" WHERE "message" = "message"."id")
FROM "message" WHERE "id" = (SELECT "message" FROM "delivery" WHERE "id" = ?))";

// What a person held meanwhile (5) stays held when it shall be tried again; what one discarded (2), unless it arrived.
constexpr auto update_delivery = R"(
UPDATE "delivery" SET "state" = CASE WHEN ?1 = 0 OR ("state" = 2 AND ?1 <> 1) THEN "state" ELSE ?1 END,
    "attempts" = "attempts" + ?, "next_attempt" = ?, "finished" = ?, "last_error" = CASE WHEN ? THEN ? ELSE "last_error" END, "begun" = 0
WHERE "id" = ?7 AND "state" IN (0, 2, 5) AND (?8 = 0 OR "attempts" = ?8 - 1))";

std::int64_t largest_attempt(sqlite3* connection) {
    Statement statement(connection, R"(SELECT coalesce(max("id"), 0) FROM "delivery_attempt")");
    return statement.start().first_integer().value_or(0);
}

}  // namespace

SqliteDeliveries::SqliteDeliveries(odb::database& database, Writer& writer, const StoreOptions& options,
                                   const Clock& clock)
    : queue_(database),
      writer_(writer),
      ids_(clock, options.node, largest_attempt(writer.connection())),
      begin_attempt_(writer.connection(), R"(UPDATE "delivery" SET "begun" = ? WHERE "id" = ? AND "state" = 0)"),
      insert_attempt_(
          writer.connection(),
          R"(INSERT INTO "delivery_attempt" ("id", "delivery", "started", "finished", "verdict", "detail") )"
          R"(SELECT ?1, ?2, ?3, ?4, ?5, ?6 )"
          R"(WHERE ?7 = 0 OR (SELECT "attempts" FROM "delivery" WHERE "id" = ?2) = ?7 - 1)"),
      update_delivery_(writer.connection(), update_delivery),
      look_at_message_(writer.connection(), look_at_message),
      settle_message_(writer.connection(), R"(UPDATE "message" SET "outcome" = ? WHERE "id" = ?)"),
      counts_(writer.connection()) {}

Result<void> SqliteDeliveries::begin(std::span<const DeliveryId> deliveries, Instant at) {
    try {
        writer_.ride_along([&] {
            for (const auto& delivery : deliveries)
                begin_attempt_.start().integer(at.micros).integer(delivery.value).run();
        });
        return {};
    } catch (const Failure&) {
        return Error{ErrorCode::storage_unavailable, {}, {}};
    }
}

Result<void> SqliteDeliveries::record(std::span<const Attempt> attempts) {
    try {
        writer_.ride_along([&] {
            LedgerTally tally;
            for (const auto& attempt : attempts) write(attempt, tally);
            counts_.write(tally);
        });
        return {};
    } catch (const Failure&) {
        return Error{ErrorCode::storage_unavailable, {}, {}};
    }
}

void SqliteDeliveries::write(const Attempt& attempt, LedgerTally& tally) {
    using Kind = Attempt::Kind;
    const auto state = static_cast<std::int64_t>(attempt.state);
    const bool again = attempt.state == effects::Outcome::pending;
    if (attempt.kind != Kind::not_made) {
        insert_attempt_.start().integer(ids_.next()).integer(attempt.delivery.value).integer(attempt.started.micros);
        insert_attempt_.integer(attempt.finished.micros)
            .integer(attempt.kind == Kind::doubtful ? static_cast<std::int64_t>(effects::Outcome::in_doubt) : state)
            .text(attempt.detail)
            .integer(attempt.number)
            .run();
    }
    update_delivery_.start().integer(state);
    update_delivery_.integer(attempt.kind == Kind::not_made ? 0 : 1)
        .integer(again ? attempt.next_attempt.micros : 0)
        .integer(again ? 0 : attempt.finished.micros)
        .integer(attempt.kind == Kind::not_made && attempt.detail.empty() ? 0 : 1)
        .text(attempt.detail)
        .integer(attempt.delivery.value)
        .integer(attempt.number)
        .run();
    if (!again) settle(attempt.delivery, tally);
}

void SqliteDeliveries::settle(DeliveryId delivery, LedgerTally& tally) {
    look_at_message_.start().integer(delivery.value);
    if (!look_at_message_.step()) return;
    const auto message = look_at_message_.column_integer(0);
    const auto before = look_at_message_.column_integer(1), after = look_at_message_.column_integer(2);
    look_at_message_.start();
    if (before == after) return;
    settle_message_.start().integer(after).integer(message).run();
    tally.moved(before, after);
}

}  // namespace gantry::store::sqlite
