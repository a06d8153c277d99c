#include "engine/store/sqlite/deliveries.hpp"

#include "engine/store/urgent_lanes.hpp"

namespace gantry::store::sqlite {
namespace {

// A message's outcome is the first that any of its deliveries has, in the order in doubt, dead, held, pending,
// delivered; filtered when a person discarded them all. One that was refused or filtered stays so: what leaves is only
// its answer.
constexpr auto look_at_message = R"(
SELECT "id", "outcome", (
    SELECT CASE WHEN max("state" = 7) THEN 7 WHEN max("state" = 6) THEN 6 WHEN max("state" = 5) THEN 5
                WHEN max("state" = 0) THEN 0 WHEN max("state" = 1) THEN 1 ELSE 2 END
    FROM "delivery" WHERE "message" = "message"."id")
FROM "message" WHERE "id" = (SELECT "message" FROM "delivery" WHERE "id" = ?) AND "error" = '' AND "error_detail" = '')";

// What a person held meanwhile (5) stays held when it shall be tried again; what one discarded (2), unless it arrived.
// Of what is in doubt (7) only an answer that came after all is recorded.
constexpr auto update_delivery = R"(
UPDATE "delivery" SET "state" = CASE WHEN (?1 = 0 AND "state" <> 7) OR ("state" = 2 AND ?1 <> 1) THEN "state" ELSE ?1 END,
    "attempts" = "attempts" + ?, "next_attempt" = ?, "finished" = ?, "last_error" = CASE WHEN ? THEN ? ELSE "last_error" END, "begun" = 0,
    "answer_until" = ?9, "answer" = CASE WHEN ?10 THEN '' ELSE "answer" END
WHERE "id" = ?7 AND ("state" IN (0, 2, 5) OR ("state" = 7 AND ?10)) AND (?8 = 0 OR "attempts" = ?8 - 1) AND (NOT ?11 OR "answer" = ''))";

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
      begin_numbers_(writer.connection(),
                     R"(INSERT OR IGNORE INTO "sequence_number" ("sender", "last") VALUES ('destination ' || ?, 0))"),
      count_up_(writer.connection(),
                R"(UPDATE "sequence_number" SET "last" = "last" + 1 WHERE "sender" = 'destination ' || ? )"
                R"(AND EXISTS (SELECT 1 FROM "delivery" WHERE "id" = ? AND "number" = 0))"),
      give_number_(writer.connection(), R"(UPDATE "delivery" SET "number" = (SELECT "last" FROM "sequence_number" )"
                                        R"(WHERE "sender" = 'destination ' || ?) WHERE "id" = ? AND "number" = 0)"),
      take_number_back_(writer.connection(), R"(UPDATE "delivery" SET "number" = 0 WHERE "id" = ?)"),
      next_number_(writer.connection(),
                   R"(UPDATE "sequence_number" SET "last" = ? - 1 WHERE "sender" = 'destination ' || )"
                   R"((SELECT "destination" FROM "delivery" WHERE "id" = ?))"),
      begin_attempt_(writer.connection(), R"(UPDATE "delivery" SET "begun" = ? WHERE "id" = ? AND "state" = 0)"),
      expect_reply_(writer.connection(),
                    R"(INSERT OR REPLACE INTO "awaited_reply" ("id", "destination", "control_id", "names") )"
                    R"(VALUES (?, ?, ?, ?))"),
      note_answer_(writer.connection(),
                   R"(UPDATE "delivery" SET "answer" = ? WHERE "id" = ? AND "state" IN (0, 5, 7) AND "answer" = '')"),
      forget_reply_(writer.connection(),
                    R"(DELETE FROM "awaited_reply" WHERE "id" = ? AND )"
                    R"((?2 OR (SELECT "state" FROM "delivery" WHERE "id" = ?1) NOT IN (0, 5, 7)))"),
      insert_attempt_(
          writer.connection(),
          R"(INSERT INTO "delivery_attempt" ("id", "delivery", "started", "finished", "verdict", "detail") )"
          R"(SELECT ?1, ?2, ?3, ?4, ?5, ?6 )"
          R"(WHERE (?7 = 0 OR (SELECT "attempts" FROM "delivery" WHERE "id" = ?2) = ?7 - 1) )"
          R"(AND (NOT ?8 OR (SELECT "answer" FROM "delivery" WHERE "id" = ?2) = ''))"),
      update_delivery_(writer.connection(), update_delivery),
      look_at_message_(writer.connection(), look_at_message),
      settle_message_(writer.connection(), R"(UPDATE "message" SET "outcome" = ? WHERE "id" = ?)"),
      rank_(writer.connection(), R"(UPDATE "delivery" SET "priority" = ? WHERE "id" = ? AND "priority" = 0)"),
      counts_(writer.connection()) {}

Result<void> SqliteDeliveries::begin(std::span<const DeliveryId> deliveries, Instant at) {
    return in_one_transaction([&] {
        for (const auto& delivery : deliveries) begin_attempt_.start().integer(at.micros).integer(delivery.value).run();
    });
}

Result<void> SqliteDeliveries::number(const std::string& destination, std::span<const DeliveryId> deliveries) {
    return in_one_transaction([&] {
        begin_numbers_.start().text(destination).run();
        for (const auto& delivery : deliveries) {
            count_up_.start().text(destination).integer(delivery.value).run();
            give_number_.start().text(destination).integer(delivery.value).run();
        }
    });
}

Result<void> SqliteDeliveries::expect(std::span<const AwaitedReply> replies) {
    return in_one_transaction([&] {
        for (const auto& reply : replies) {
            expect_reply_.start().integer(reply.delivery.value).text(reply.destination);
            expect_reply_.text(reply.control_id).text(reply.names).run();
        }
    });
}

Result<void> SqliteDeliveries::answered(std::span<const ReplyHeard> replies) {
    return in_one_transaction([&] {
        for (const auto& reply : replies) note_answer_.start().text(reply.answer).integer(reply.delivery.value).run();
    });
}

Result<void> SqliteDeliveries::record(std::span<const Attempt> attempts) {
    return in_one_transaction([&] {
        LedgerTally tally;
        for (const auto& attempt : attempts) write(attempt, tally);
        counts_.write(tally);
    });
}

Result<DeliveryId> SqliteDeliveries::rank(const std::string& destination, DeliveryId after, std::size_t most) {
    const auto found = queue_.unranked(destination, after, most);
    if (!found) return found.error();
    if (found->ordinary.empty() && found->joined.empty()) return found->last;
    const auto give = [&](const std::vector<std::int64_t>& ids, Priority priority) {
        for (const auto id : ids) rank_.start().integer(static_cast<std::int64_t>(priority)).integer(id).run();
    };
    const auto done = in_one_transaction([&] {
        give(found->ordinary, Priority::ordinary);
        give(found->joined, Priority::ordinary_joined);
    });
    if (!done) return done.error();
    return found->last;
}

Result<void> SqliteDeliveries::in_one_transaction(const std::function<void()>& work) {
    try {
        writer_.ride_along(work);
        return {};
    } catch (const Failure&) {
        return Error{ErrorCode::storage_unavailable, {}, {}};
    }
}

void SqliteDeliveries::write(const Attempt& attempt, LedgerTally& tally) {
    using Kind = Attempt::Kind;
    const auto state = static_cast<std::int64_t>(attempt.state);
    const bool again = attempt.state == effects::Outcome::pending;
    const std::int64_t unless_answered = attempt.unless_answered || attempt.kind == Kind::doubtful ? 1 : 0;
    if (attempt.kind != Kind::not_made) {
        insert_attempt_.start().integer(ids_.next()).integer(attempt.delivery.value).integer(attempt.started.micros);
        insert_attempt_.integer(attempt.finished.micros)
            .integer(attempt.kind == Kind::doubtful ? static_cast<std::int64_t>(effects::Outcome::in_doubt) : state)
            .text(attempt.detail)
            .integer(attempt.number)
            .integer(unless_answered)
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
        .integer(again ? attempt.answer_until.micros : 0)
        .integer(attempt.judged ? 1 : 0)
        .integer(unless_answered)
        .run();
    if (attempt.next_number != 0) {
        take_number_back_.start().integer(attempt.delivery.value).run();
        next_number_.start().integer(attempt.next_number).integer(attempt.delivery.value).run();
    }
    // What was answered is not answered twice, also when it is sent again.
    const bool answered = attempt.judged && unless_answered == 0;
    if (!again || answered) forget_reply_.start().integer(attempt.delivery.value).integer(answered ? 1 : 0).run();
    if (!again || attempt.judged) settle(attempt.delivery, tally);
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
