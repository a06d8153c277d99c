#include <array>

#include "engine/store/pgsql/retention_rows.hpp"
#include "engine/store/pgsql/text_index.hpp"

namespace gantry::store::pgsql {
namespace {

const Statement lock_with_contents{
    "retention_lock_contents",
    R"(SELECT m."id" FROM "message_body" AS b JOIN "message" AS m ON m."id" = b."id" WHERE b."id" > $1::bigint )"
    R"(AND b."id" < $2::bigint ORDER BY b."id" LIMIT $3::bigint FOR UPDATE OF m SKIP LOCKED)"};
const Statement lock_rows{"retention_lock_rows",
                          R"(SELECT m."id" FROM "message" AS m WHERE m."id" > $1::bigint AND m."id" < $2::bigint )"
                          R"(ORDER BY m."id" LIMIT $3::bigint FOR UPDATE SKIP LOCKED)"};
// A statement of its own: it sees what was committed before the locks were had. Bytes: of the contents, and of the row
// with its place in the indexes.
const Statement look{
    "retention_look",
    R"(SELECT m."id", coalesce(pg_column_size(b."content"), 0)::bigint + (SELECT coalesce(sum(pg_column_size()"
    R"(p."content")), 0) FROM "delivery" AS d JOIN "delivery_body" AS p ON p."id" = d."id" WHERE d."message" = )"
    R"(m."id")::bigint + (SELECT coalesce(sum(pg_column_size(p."content")), 0) FROM "document_use" AS u )"
    R"(JOIN "report_document" AS p ON p."digest" = u."digest" WHERE u."message" = m."id" AND NOT EXISTS (SELECT 1 )"
    R"(FROM "document_use" AS o WHERE o."digest" = u."digest" AND o."message" <> m."id"))::bigint, (pg_column_size(m."reply") + 500)::bigint, m."outcome" IN (0, 5, 6, 7) OR EXISTS (SELECT 1 )"
    R"(FROM "delivery" AS d WHERE d."message" = m."id" AND (d."state" IN (0, 5, 6, 7) OR d."finished" > $2::bigint)) )"
    R"(FROM "message" AS m LEFT JOIN "message_body" AS b ON b."id" = m."id" WHERE m."id" = ANY($1::bigint[]) )"
    R"(ORDER BY m."id")"};

const std::array remove_contents{
    Statement{"retention_delivery_bodies", R"(DELETE FROM "delivery_body" WHERE "id" IN (SELECT "id" FROM "delivery" )"
                                           R"(WHERE "message" = ANY($1::bigint[])))"},
    Statement{"retention_bodies", R"(DELETE FROM "message_body" WHERE "id" = ANY($1::bigint[]))"}};
const std::array remove_rows{
    Statement{"retention_attempts", R"(DELETE FROM "delivery_attempt" WHERE "delivery" IN (SELECT "id" FROM )"
                                    R"("delivery" WHERE "message" = ANY($1::bigint[])))"},
    Statement{"retention_deliveries", R"(DELETE FROM "delivery" WHERE "message" = ANY($1::bigint[]))"},
    Statement{"retention_changes", R"(DELETE FROM "change_log" WHERE "id" = ANY($1::bigint[]))"},
    Statement{"retention_reprocessings", R"(DELETE FROM "reprocessing" WHERE "id" = ANY($1::bigint[]))"},
    Statement{"retention_discarded", R"(DELETE FROM "discarded_message" WHERE "id" = ANY($1::bigint[]))"},
};
// Not of these alone: the sums go with the rows (engine/store/ledger_tally.hpp; 101: removed).
const Statement remove_messages{
    "retention_messages",
    R"(WITH gone AS (DELETE FROM "message" WHERE "id" = ANY($1::bigint[]) RETURNING "outcome") )"
    R"(INSERT INTO "ledger_count" AS c ("id", "messages") SELECT $2::bigint + t.what, sum(t.messages) FROM )"
    R"((SELECT "outcome", -1 FROM gone UNION ALL SELECT 101, 1 FROM gone) AS t(what, messages) GROUP BY t.what )"
    R"(ON CONFLICT ("id") DO UPDATE SET "messages" = c."messages" + excluded."messages")"};

// Attachments. Another node that takes away uses at the same time would leave each other's last ones: one after the
// other. A document that a committer has just found there is not taken away before it says so: DocumentRows locks what
// it uses, and comes again when it is gone.
const Statement has_attachments{"retention_has_attachments",
                                R"(SELECT 1 FROM "document_use" WHERE "message" = ANY($1::bigint[]) LIMIT 1)"};
const Statement lock_removal{"retention_lock_removal", "SELECT pg_advisory_xact_lock(1735290739, 4)"};
// What others keep is not locked, because they might keep it locked for ever.
const Statement lock_attachments{
    "retention_lock_attachments",
    R"(SELECT d."digest" FROM "report_document" AS d WHERE d."digest" IN (SELECT "digest" FROM "document_use" )"
    R"(WHERE "message" = ANY($1::bigint[])) AND NOT EXISTS (SELECT 1 FROM "document_use" AS o WHERE )"
    R"(o."digest" = d."digest" AND o."message" <> ALL($1::bigint[])) ORDER BY d."digest" FOR UPDATE)"};
const Statement remove_uses{"retention_uses", R"(DELETE FROM "document_use" WHERE "message" = ANY($1::bigint[]))"};
const Statement remove_documents{
    "retention_documents", R"(DELETE FROM "report_document" AS d WHERE d."digest" = ANY($1::text[]) AND NOT EXISTS )"
                           R"((SELECT 1 FROM "document_use" AS o WHERE o."digest" = d."digest"))"};

const Statement newest_message{"retention_newest", R"(SELECT coalesce(max("id"), 0) FROM "message")"};
const Statement count_messages{"retention_count", R"(SELECT count(*) FROM "message")"};

// Of one table, from about 2,000 of its pages: what the rows on them take, times the pages there are for each of them.
std::string used_by(const std::string& table, const std::string& row) {
    const std::string size = "pg_relation_size('\"" + table + "\"')";
    constexpr auto sampled = "16384000.0";
    return "(SELECT coalesce(sum(" + row + "), 0) * greatest(1.0, " + size + " / " + sampled + ") FROM \"" + table +
           "\" TABLESAMPLE SYSTEM (least(100.0, 100.0 * " + sampled + " / greatest(" + size + ", 1))))";
}

const Statement& bytes_used_statement() {
    static const Statement statement{"retention_bytes",
                                     "SELECT (" + used_by("message_body", "pg_column_size(\"content\") + 60") + " + " +
                                         used_by("delivery_body", "pg_column_size(\"content\") + 60") + " + " +
                                         used_by("report_document",
                                                 "CASE WHEN EXISTS (SELECT 1 FROM \"document_use\" AS u WHERE "
                                                 "u.\"digest\" = \"report_document\".\"digest\" AND u.\"message\" = 0) "
                                                 "THEN 0 ELSE pg_column_size(\"content\") + 200 END") +
                                         " + " + used_by("message", "pg_column_size(\"reply\") + 500") + " + " +
                                         used_by("change_log", "pg_column_size(\"patches\") + 100") + " + " +
                                         used_by("delivery", "300") + " + " +
                                         used_by("delivery_attempt", "pg_column_size(\"detail\") + 100") + ")::bigint"};
    return statement;
}

}  // namespace

std::vector<RetentionCandidate> PgsqlRetentionRows::candidates(const RetentionPart& part) {
    const auto range =
        std::move(Parameters().integer(part.after).integer(part.before).integer(static_cast<std::int64_t>(part.most)));
    const auto locked = connection_.run(part.rows ? lock_rows : lock_with_contents, range);
    Array ids(Type::bigint);
    for (int row = 0; row < locked.rows(); ++row) ids.add(locked.integer(row, 0));
    std::vector<RetentionCandidate> out;
    if (ids.empty()) return out;
    const auto found = connection_.run(look, Parameters().array(ids).integer(part.finished.micros));
    for (int row = 0; row < found.rows(); ++row)
        out.push_back({found.integer(row, 0), found.integer(row, 1) + (part.rows ? found.integer(row, 2) : 0),
                       found.integer(row, 3) != 0});
    return out;
}

RetentionChoice PgsqlRetentionRows::remove(const RetentionPart& part) {
    RetentionChoice choice;
    connection_.transaction([&] {
        choice = choose(candidates(part), part);
        if (choice.ids.empty()) return;
        Array ids(Type::bigint);
        for (const auto id : choice.ids) ids.add(id);
        if (with_text_) PgsqlTextIndex::forget(connection_, ids);
        for (const auto& statement : remove_contents) connection_.run(statement, Parameters().array(ids));
        remove_attachments(ids);
        if (!part.rows) return;
        for (const auto& statement : remove_rows) connection_.run(statement, Parameters().array(ids));
        connection_.run(remove_messages, Parameters().array(ids).integer(counts_from_));
    });
    return choice;
}

void PgsqlRetentionRows::remove_attachments(const Array& messages) {
    if (connection_.run(has_attachments, Parameters().array(messages)).rows() == 0) return;
    connection_.run(lock_removal);
    const auto locked = connection_.run(lock_attachments, Parameters().array(messages));
    connection_.run(remove_uses, Parameters().array(messages));
    Array digests(Type::text);
    for (int row = 0; row < locked.rows(); ++row) digests.add(locked.view(row, 0));
    if (!digests.empty()) connection_.run(remove_documents, Parameters().array(digests));
}

std::int64_t PgsqlRetentionRows::ask(const Statement& statement) {
    std::int64_t out = 0;
    connection_.transaction([&] { out = connection_.run(statement).integer(0, 0); });
    return out;
}

std::int64_t PgsqlRetentionRows::newest() {
    return ask(newest_message);
}

std::int64_t PgsqlRetentionRows::messages() {
    return ask(count_messages);
}

std::int64_t PgsqlRetentionRows::bytes_used() {
    return ask(bytes_used_statement());
}

}  // namespace gantry::store::pgsql
