#include "engine/store/pgsql/text_index.hpp"

#include "engine/base/ids.hpp"
#include "engine/store/records/readers.hpp"
#include "engine/store/search_words.hpp"
#include "engine/store/stored_body.hpp"

namespace gantry::store::pgsql {
namespace {

constexpr auto alone = "SELECT pg_advisory_xact_lock(1735290739, 3)";
constexpr auto make = R"(
CREATE TABLE IF NOT EXISTS "message_text" ("id" BIGINT NOT NULL PRIMARY KEY, "words" TSVECTOR NOT NULL);
CREATE INDEX IF NOT EXISTS "message_text_words" ON "message_text" USING GIN ("words");
CREATE TABLE IF NOT EXISTS "message_text_mark" ("form" BIGINT NOT NULL, "last" BIGINT NOT NULL);)";
constexpr auto empty_it = R"(TRUNCATE "message_text", "message_text_mark")";
constexpr auto take_away = R"(DROP TABLE IF EXISTS "message_text", "message_text_mark")";

// Nobody else adds meanwhile; who comes second does nothing.
const Statement try_alone{"text_alone", "SELECT pg_try_advisory_xact_lock(1735290739, 3)"};
const Statement form{"text_form", R"(SELECT "form" FROM "message_text_mark")"};
const Statement mark{"text_mark", R"(SELECT "last" FROM "message_text_mark")"};
const Statement set_mark{"text_set_mark", R"(UPDATE "message_text_mark" SET "last" = $1::bigint)"};
const Statement bodies_after{"text_bodies", R"(SELECT "id", "encoding", "content" FROM "message_body" )"
                                            R"(WHERE "id" > $1::bigint ORDER BY "id" LIMIT $2::bigint)"};
// What was committed after messages with larger ids: several commit at once.
const Statement late_bodies{"text_late_bodies",
                            R"(SELECT b."id", b."encoding", b."content" FROM "message_body" AS b LEFT JOIN )"
                            R"("message_text" AS t ON t."id" = b."id" WHERE b."id" > $1::bigint AND )"
                            R"(b."id" <= $2::bigint AND t."id" IS NULL ORDER BY b."id" LIMIT $3::bigint)"};
// Retention locks what it looks at; a content that it takes away first is not there for the statement after this.
const Statement lock_messages{
    "text_lock", R"(SELECT "id" FROM "message" WHERE "id" = ANY($1::bigint[]) ORDER BY "id" FOR KEY SHARE)"};
const Statement insert{
    "text_insert", R"(INSERT INTO "message_text" ("id", "words") SELECT n.id, array_to_tsvector()"
                   R"(string_to_array(n.words, ' ')) FROM unnest($1::bigint[], $2::text[]) AS n(id, words) )"
                   R"(WHERE EXISTS (SELECT 1 FROM "message_body" AS b WHERE b."id" = n.id) ON CONFLICT DO NOTHING)"};
const Statement count_waiting{"text_waiting", R"(SELECT count(*) FROM (SELECT 1 FROM "message_body" )"
                                              R"(WHERE "id" > $1::bigint LIMIT 10001) AS part)"};
const Statement newest_body{"text_newest", R"(SELECT coalesce(max("id"), 0) FROM "message_body")"};
const Statement search{"text_search", R"(SELECT "id" FROM "message_text" WHERE "words" @@ ($1::text)::tsquery )"
                                      R"(AND "id" >= $2::bigint AND "id" < $3::bigint ORDER BY "id" DESC )"
                                      R"(LIMIT $4::bigint)"};
const Statement search_in{"text_having", R"(SELECT "id" FROM "message_text" WHERE "id" = ANY($2::bigint[]) )"
                                         R"(AND "words" @@ ($1::text)::tsquery)"};
const Statement remove{"text_remove", R"(DELETE FROM "message_text" WHERE "id" = ANY($1::bigint[]))"};

constexpr std::int64_t latest_appearance = 60'000'000;  // microseconds after larger ids
constexpr std::chrono::seconds between_looks_back(10);

// Each quoted; they have letters and digits only.
std::string tsquery_of(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "'" : " & '") + word + "'";
    return out;
}

TextSearch::Ids ids_of(const Answer& answer) {
    TextSearch::Ids out;
    for (int row = 0; row < answer.rows(); ++row) out.push_back(answer.integer(row, 0));
    return out;
}

}  // namespace

PgsqlTextIndex::PgsqlTextIndex(const std::string& target, Readable readable)
    : readable_(std::move(readable)),
      indexing_(target, "SET client_min_messages = warning; SET enable_seqscan = off"),
      searching_(target) {
    indexing_.transaction([&] {
        indexing_.execute(alone);
        indexing_.execute(make);
        const auto found = indexing_.run(form);
        if (found.rows() == 1 && found.integer(0, 0) == word_form) return;
        indexing_.execute(empty_it);
        indexing_.execute((R"(INSERT INTO "message_text_mark" VALUES ()" + std::to_string(word_form) + ", 0)").c_str());
    });
}

void PgsqlTextIndex::drop(Connection& connection) {
    connection.transaction([&] {
        connection.execute(alone);
        connection.execute("SET LOCAL client_min_messages = warning");
        connection.execute(take_away);
    });
}

// Those that follow; when there are none, those that came late.
Answer PgsqlTextIndex::next_bodies(std::size_t most, bool& late) {
    const auto last = indexing_.run(mark).integer(0, 0);
    const auto count = static_cast<std::int64_t>(most);
    auto out = indexing_.run(bodies_after, Parameters().integer(last).integer(count));
    const auto now = std::chrono::steady_clock::now();
    late = out.rows() == 0 && last != 0 && now - looked_back_ >= between_looks_back;
    if (!late) return out;
    looked_back_ = now;
    const auto from = IdSource::first_at({IdSource::time_of(last).micros - latest_appearance});
    return indexing_.run(late_bodies, Parameters().integer(from).integer(last).integer(count));
}

std::size_t PgsqlTextIndex::add(const Answer& bodies, bool late) {
    Array ids(Type::bigint), words(Type::text);
    for (int row = 0; row < bodies.rows(); ++row) {
        const auto content =
            body_without_attachments(static_cast<std::int16_t>(bodies.integer(row, 1)), bodies.view(row, 2));
        std::string line;
        if (content)
            for (const auto& word : search_words(readable_ ? readable_(*content) : *content))
                line += (line.empty() ? "" : " ") + word;
        ids.add(bodies.integer(row, 0));
        words.add(std::string_view(line));
    }
    if (bodies.rows() == 0) return 0;
    indexing_.run(lock_messages, Parameters().array(ids));
    indexing_.run(insert, Parameters().array(ids).array(words));
    if (!late) indexing_.run(set_mark, Parameters().integer(bodies.integer(bodies.rows() - 1, 0)));
    return static_cast<std::size_t>(bodies.rows());
}

Result<std::size_t> PgsqlTextIndex::index_some(std::size_t most) {
    return fenced<std::size_t>([&] {
        std::size_t done = 0;
        indexing_.transaction([&] {
            if (indexing_.run(try_alone).integer(0, 0) == 0) return;
            bool late = false;
            const auto bodies = next_bodies(most, late);
            done = add(bodies, late);
        });
        return done;
    });
}

Result<TextProgress> PgsqlTextIndex::progress() {
    return fenced<TextProgress>([&] {
        const std::lock_guard lock(mutex_);
        TextProgress out;
        searching_.transaction([&] {
            const auto last = searching_.run(mark).integer(0, 0);
            const auto newest = searching_.run(newest_body).integer(0, 0);
            if (last != 0) out.indexed = IdSource::time_of(last);
            if (newest != 0) out.newest = IdSource::time_of(newest);
            out.waiting = searching_.run(count_waiting, Parameters().integer(last)).integer(0, 0);
        });
        return out;
    });
}

TextSearch::Ids PgsqlTextIndex::find(const std::vector<std::string>& words, std::int64_t from, std::int64_t before,
                                     std::size_t most) {
    const auto query = tsquery_of(words);
    const std::lock_guard lock(mutex_);
    Ids out;
    searching_.transaction([&] {
        auto parameters = Parameters();
        parameters.text(query).integer(from).integer(before).integer(static_cast<std::int64_t>(most));
        out = ids_of(searching_.run(search, parameters));
    });
    return out;
}

TextSearch::Ids PgsqlTextIndex::having(const std::vector<std::string>& words, const Ids& ids) {
    const auto query = tsquery_of(words);
    Array wanted(Type::bigint);
    for (const auto id : ids) wanted.add(id);
    const std::lock_guard lock(mutex_);
    Ids out;
    searching_.transaction([&] { out = ids_of(searching_.run(search_in, Parameters().text(query).array(wanted))); });
    return out;
}

void PgsqlTextIndex::forget(Connection& connection, const Array& ids) {
    connection.run(remove, Parameters().array(ids));
}

}  // namespace gantry::store::pgsql
