#include "engine/store/sqlite/deliveries.hpp"

namespace gantry::store::sqlite {
namespace {

// A message's outcome is the first that any of its deliveries has, in the order in doubt, dead, held, pending,
// delivered.
constexpr auto settle_message = R"(
UPDATE "message" SET "outcome" = (
    SELECT CASE WHEN max("state" = 7) THEN 7 WHEN max("state" = 6) THEN 6 WHEN max("state" = 5) THEN 5
                WHEN max("state" = 0) THEN 0 ELSE 1 END
    FROM "delivery" WHERE "message" = "message"."id")
WHERE "id" = (SELECT "message" FROM "delivery" WHERE "id" = ?))";

template <class Body>
std::string content_of(odb::database& database, std::int64_t id) {
    Body body;
    database.load(id, body);
    return {body.content.begin(), body.content.end()};
}

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
      insert_attempt_(
          writer.connection(),
          R"(INSERT INTO "delivery_attempt" ("id", "delivery", "started", "finished", "verdict", "detail") )"
          R"(VALUES (?, ?, ?, ?, ?, ?))"),
      update_delivery_(writer.connection(),
                       R"(UPDATE "delivery" SET "state" = ?, "attempts" = "attempts" + 1, "next_attempt" = ?, )"
                       R"("finished" = ?, "last_error" = ? WHERE "id" = ? AND "state" = 0)"),
      settle_message_(writer.connection(), settle_message) {}

Result<std::vector<DeliveryWork>> SqliteDeliveries::pending(const std::string& destination, DeliveryId after,
                                                            std::size_t most) {
    return queue_.pending(destination, after, most);
}

Result<void> SqliteDeliveries::record(std::span<const Attempt> attempts) {
    try {
        writer_.ride_along([&] {
            for (const auto& attempt : attempts) {
                const auto state = static_cast<std::int64_t>(attempt.state);
                const bool again = attempt.state == effects::Outcome::pending;
                insert_attempt_.start()
                    .integer(ids_.next())
                    .integer(attempt.delivery.value)
                    .integer(attempt.started.micros);
                insert_attempt_.integer(attempt.finished.micros).integer(state).text(attempt.detail).run();
                update_delivery_.start().integer(state).integer(again ? attempt.next_attempt.micros : 0);
                update_delivery_.integer(again ? 0 : attempt.finished.micros)
                    .text(attempt.detail)
                    .integer(attempt.delivery.value)
                    .run();
                if (!again) settle_message_.start().integer(attempt.delivery.value).run();
            }
        });
        return {};
    } catch (const Failure&) {
        return Error{ErrorCode::storage_unavailable, {}, {}};
    }
}

}  // namespace gantry::store::sqlite
