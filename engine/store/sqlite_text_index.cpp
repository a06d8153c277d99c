#include <odb/sqlite/connection.hxx>

#include "engine/base/ids.hpp"
#include "engine/store/records/readers.hpp"
#include "engine/store/search_words.hpp"
#include "engine/store/sqlite/text_index.hpp"
#include "engine/store/stored_body.hpp"

namespace gantry::store::sqlite {
namespace {

// detail=none: which message has which word is all that is asked.
constexpr auto make = R"(
CREATE VIRTUAL TABLE IF NOT EXISTS "message_text" USING fts5(words, content='', columnsize=0, detail=none,
    tokenize="unicode61 remove_diacritics 0");
CREATE TABLE IF NOT EXISTS "message_text_mark" ("form" INTEGER NOT NULL, "last" INTEGER NOT NULL);)";
constexpr auto take_away = R"(DROP TABLE IF EXISTS "message_text"; DROP TABLE IF EXISTS "message_text_mark";)";

constexpr std::int64_t most_bytes = 2 << 20;  // stored, of one step
constexpr std::int64_t most_counted = 10'001;

// With the tables, of words as they are made now.
sqlite3* prepared(Writer& writer) {
    auto* connection = writer.connection();
    Statement there(connection, R"(SELECT count(*) FROM "sqlite_master" WHERE "name" = 'message_text_mark')");
    if (there.start().first_integer().value_or(0) != 0) {
        Statement form(connection, R"(SELECT "form" FROM "message_text_mark")");
        if (form.start().first_integer().value_or(0) == word_form) return connection;
    }
    SqliteTextIndex::drop(writer);
    writer.transaction([&] {
        execute(connection, make);
        execute(connection,
                (R"(INSERT INTO "message_text_mark" VALUES ()" + std::to_string(word_form) + ", 0)").c_str());
    });
    return connection;
}

// Each quoted; they have letters and digits only.
std::string match_of(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "\"" : " AND \"") + word + "\"";
    return out;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
    return out;
}

}  // namespace

void SqliteTextIndex::drop(Writer& writer) {
    writer.exclusively([&] { execute(writer.connection(), take_away); });
}

SqliteTextIndex::SqliteTextIndex(odb::database& database, Writer& writer, Readable readable)
    : database_(static_cast<odb::sqlite::database&>(database)),
      writer_(writer),
      readable_(std::move(readable)),
      mark_(prepared(writer), R"(SELECT "last" FROM "message_text_mark")"),
      set_mark_(writer.connection(), R"(UPDATE "message_text_mark" SET "last" = ?)"),
      // A content that retention took away since it was read is left out.
      insert_(writer.connection(), R"(INSERT INTO "message_text" (rowid, words) SELECT "id", ?2 FROM "message_body" )"
                                   R"(WHERE "id" = ?1)"),
      body_(writer.connection(), R"(SELECT "encoding", "content" FROM "message_body" WHERE "id" = ?)"),
      remove_(writer.connection(),
              R"(INSERT INTO "message_text" ("message_text", rowid, words) VALUES ('delete', ?, ?))") {}

std::string SqliteTextIndex::words_of(std::int64_t encoding, std::string_view stored) const {
    const auto content = body_without_attachments(static_cast<std::int16_t>(encoding), stored);
    return content ? joined(search_words(readable_ ? readable_(*content) : *content)) : std::string();
}

std::vector<SqliteTextIndex::Entry> SqliteTextIndex::next_entries(std::size_t most) {
    const auto connection = database_.connection();
    Statement last(connection->handle(), R"(SELECT "last" FROM "message_text_mark")");
    Statement bodies(connection->handle(), R"(SELECT "id", "encoding", "content" FROM "message_body" WHERE "id" > ? )"
                                           R"(ORDER BY "id" LIMIT ?)");
    std::vector<Entry> out;
    std::int64_t bytes = 0;
    bodies.start().integer(last.start().first_integer().value_or(0)).integer(static_cast<std::int64_t>(most));
    while (bytes < most_bytes && bodies.step()) {
        const auto content = bodies.column_view(2);
        bytes += static_cast<std::int64_t>(content.size());
        out.push_back({bodies.column_integer(0), words_of(bodies.column_integer(1), content)});
    }
    bodies.start();
    return out;
}

Result<std::size_t> SqliteTextIndex::index_some(std::size_t most) {
    return fenced<std::size_t>([&] {
        const auto entries = next_entries(most);
        if (entries.empty()) return entries.size();
        writer_.transaction([&] {
            for (const auto& entry : entries) insert_.start().integer(entry.message).text(entry.words).run();
            set_mark_.start().integer(entries.back().message).run();
        });
        return entries.size();
    });
}

void SqliteTextIndex::forget(std::int64_t message) {
    if (message > mark_.start().first_integer().value_or(0)) return;
    body_.start().integer(message);
    if (!body_.step()) return;
    const auto words = words_of(body_.column_integer(0), body_.column_view(1));
    body_.start();
    remove_.start().integer(message).text(words).run();
}

Result<TextProgress> SqliteTextIndex::progress() {
    return fenced<TextProgress>([&] {
        const auto connection = database_.connection();
        const auto ask = [&](const std::string& sql) {
            Statement statement(connection->handle(), sql);
            return statement.start().first_integer().value_or(0);
        };
        const auto last = ask(R"(SELECT "last" FROM "message_text_mark")");
        TextProgress out;
        if (last != 0) out.indexed = IdSource::time_of(last);
        if (const auto newest = ask(R"(SELECT max("id") FROM "message_body")"); newest != 0)
            out.newest = IdSource::time_of(newest);
        out.waiting = ask(R"(SELECT count(*) FROM (SELECT 1 FROM "message_body" WHERE "id" > )" + std::to_string(last) +
                          " LIMIT " + std::to_string(most_counted) + ")");
        return out;
    });
}

TextSearch::Ids SqliteTextIndex::find(const std::vector<std::string>& words, std::int64_t from, std::int64_t before,
                                      std::size_t most) {
    const auto connection = database_.connection();
    Statement search(connection->handle(),
                     R"(SELECT rowid FROM "message_text" WHERE "message_text" MATCH ? AND rowid >= ? AND rowid < ? )"
                     R"(ORDER BY rowid DESC LIMIT ?)");
    const auto match = match_of(words);
    search.start().text(match).integer(from).integer(before).integer(static_cast<std::int64_t>(most));
    Ids out;
    while (search.step()) out.push_back(search.column_integer(0));
    return out;
}

TextSearch::Ids SqliteTextIndex::having(const std::vector<std::string>& words, const Ids& ids) {
    const auto connection = database_.connection();
    Statement search(connection->handle(),
                     R"(SELECT rowid FROM "message_text" WHERE "message_text" MATCH ? AND rowid = ?)");
    const auto match = match_of(words);
    Ids out;
    for (const auto id : ids) {
        search.start().text(match).integer(id);
        if (search.step()) out.push_back(id);
    }
    return out;
}

}  // namespace gantry::store::sqlite
