#include "engine/store/sqlite/retention_rows.hpp"

namespace gantry::store::sqlite {
namespace {

constexpr std::string_view size_of_contents =
    R"(coalesce(length(b."content"), 0) + (SELECT coalesce(sum(length(p."content")), 0) FROM "delivery" AS d )"
    R"(JOIN "delivery_body" AS p ON p."id" = d."id" WHERE d."message" = m."id") + )"
    // Of attachments those that go with it.
    R"((SELECT coalesce(sum(length(p."content")), 0) FROM "document_use" AS u JOIN "report_document" AS p )"
    R"(ON p."digest" = u."digest" WHERE u."message" = m."id" AND NOT EXISTS (SELECT 1 FROM "document_use" AS o )"
    R"(WHERE o."digest" = u."digest" AND o."message" <> m."id")))";
// Of a row with its place in the indexes; of what belongs to it in other tables as much.
constexpr std::string_view size_of_rows = R"( + length(m."reply") + 500)";
constexpr std::string_view needed =
    R"((m."outcome" IN (0, 5, 6, 7) OR EXISTS (SELECT 1 FROM "delivery" AS d WHERE d."message" = m."id" AND )"
    R"((d."state" IN (0, 5, 6, 7) OR d."finished" > ?4))))";

std::string candidates_in(std::string_view size, std::string_view tables, std::string_view id) {
    std::string out = R"(SELECT m."id", )";
    out.append(size).append(", ").append(needed).append(" FROM ").append(tables);
    out.append(" WHERE ").append(id).append(" > ?1 AND ").append(id).append(" < ?2 ORDER BY ").append(id);
    return out + " LIMIT ?3";
}

// A file that is cut by so many pages at a time does not hold up anybody who wants to write.
constexpr auto give_some_back = "PRAGMA incremental_vacuum(256)";
// What was cut off is still in the file until the log is folded back.
constexpr auto fold_back = "PRAGMA wal_checkpoint(PASSIVE)";

}  // namespace

SqliteRetentionRows::SqliteRetentionRows(odb::database& database, Writer& writer, SqliteTextIndex* text)
    : database_(static_cast<odb::sqlite::database&>(database)),
      writer_(writer),
      text_(text),
      contents_(writer.connection(),
                candidates_in(size_of_contents, R"("message_body" AS b CROSS JOIN "message" AS m ON m."id" = b."id")",
                              R"(b."id")")),
      rows_(writer.connection(),
            candidates_in(std::string(size_of_contents).append(size_of_rows),
                          R"("message" AS m LEFT JOIN "message_body" AS b ON b."id" = m."id")", R"(m."id")")),
      newest_(writer.connection(), R"(SELECT coalesce(max("id"), 0) FROM "message")"),
      bytes_used_(writer.connection(),
                  "SELECT (p.page_count - f.freelist_count) * s.page_size FROM pragma_page_count AS p, "
                  "pragma_freelist_count AS f, pragma_page_size AS s"),
      bytes_free_(writer.connection(),
                  "SELECT f.freelist_count * s.page_size FROM pragma_freelist_count AS f, pragma_page_size AS s") {
    const auto by_message = [&](std::vector<Statement>& to, const char* sql) {
        to.emplace_back(writer.connection(), sql);
    };
    for (auto* to : {&remove_contents_, &remove_rows_}) {
        by_message(*to,
                   R"(DELETE FROM "delivery_body" WHERE "id" IN (SELECT "id" FROM "delivery" WHERE "message" = ?))");
        by_message(*to, R"(DELETE FROM "message_body" WHERE "id" = ?)");
        by_message(*to, R"(DELETE FROM "report_document" WHERE "digest" IN (SELECT "digest" FROM "document_use" )"
                        R"(WHERE "message" = ?1) AND NOT EXISTS (SELECT 1 FROM "document_use" AS o )"
                        R"(WHERE o."digest" = "report_document"."digest" AND o."message" <> ?1))");
        by_message(*to, R"(DELETE FROM "document_use" WHERE "message" = ?)");
    }
    by_message(
        remove_rows_,
        R"(DELETE FROM "delivery_attempt" WHERE "delivery" IN (SELECT "id" FROM "delivery" WHERE "message" = ?))");
    by_message(remove_rows_, R"(DELETE FROM "delivery" WHERE "message" = ?)");
    by_message(remove_rows_, R"(DELETE FROM "change_log" WHERE "id" = ?)");
    by_message(remove_rows_, R"(DELETE FROM "reprocessing" WHERE "id" = ?)");
    by_message(remove_rows_, R"(DELETE FROM "discarded_message" WHERE "id" = ?)");
    // See engine/store/ledger_tally.hpp: one less of its outcome, one more that was removed (101).
    for (const auto* counted : {R"("outcome", -1)", "101, 1"})
        by_message(remove_rows_, (std::string(R"(INSERT INTO "ledger_count" ("id", "messages") SELECT )") + counted +
                                  R"( FROM "message" WHERE "id" = ? ON CONFLICT ("id") )"
                                  R"(DO UPDATE SET "messages" = "messages" + excluded."messages")")
                                     .c_str());
    by_message(remove_rows_, R"(DELETE FROM "message" WHERE "id" = ?)");
}

std::vector<RetentionCandidate> SqliteRetentionRows::candidates(const RetentionPart& part) {
    auto& look = part.rows ? rows_ : contents_;
    look.start().integer(part.after).integer(part.before).integer(static_cast<std::int64_t>(part.most));
    look.integer(part.finished.micros);
    std::vector<RetentionCandidate> out;
    while (look.step()) out.push_back({look.column_integer(0), look.column_integer(1), look.column_integer(2) != 0});
    look.start();
    return out;
}

RetentionChoice SqliteRetentionRows::remove(const RetentionPart& part) {
    RetentionChoice choice;
    writer_.transaction([&] {
        choice = choose(candidates(part), part);
        for (const auto id : choice.ids) {
            if (text_) text_->forget(id);
            for (auto& statement : part.rows ? remove_rows_ : remove_contents_) statement.start().integer(id).run();
        }
    });
    return choice;
}

std::int64_t SqliteRetentionRows::ask(Statement& statement) {
    std::int64_t out = 0;
    writer_.exclusively([&] { out = statement.start().first_integer().value_or(0); });
    return out;
}

std::int64_t SqliteRetentionRows::newest() {
    return ask(newest_);
}

std::int64_t SqliteRetentionRows::messages() {
    const auto connection = database_.connection();
    Statement count(connection->handle(), R"(SELECT count(*) FROM "message")");
    return count.start().first_integer().value_or(0);
}

std::int64_t SqliteRetentionRows::bytes_used() {
    return ask(bytes_used_);
}

std::int64_t SqliteRetentionRows::give_back() {
    std::int64_t returned = 0;
    writer_.exclusively([&] {
        const auto before = bytes_free_.start().first_integer().value_or(0);
        if (before > 0) execute(writer_.connection(), give_some_back);
        const auto after = bytes_free_.start().first_integer().value_or(0);
        if (before > 0 && after == 0) execute(writer_.connection(), fold_back);
        returned = before - after;
    });
    return returned;
}

}  // namespace gantry::store::sqlite
