#include "engine/store/sqlite/joined_writes.hpp"

#include <sqlite3.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <memory>

#include "tests/engine/store/temporary_directory.hpp"

namespace gantry::store::sqlite {
namespace {

struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close(connection); }
};
using Connection = std::unique_ptr<sqlite3, Close>;

Connection open(const std::filesystem::path& file, const char* vfs = joined_writes()) {
    sqlite3* connection = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs);
    Connection out(connection);
    BOOST_REQUIRE(code == SQLITE_OK);
    return out;
}

int run(const Connection& connection, const char* sql) {
    return sqlite3_exec(connection.get(), sql, nullptr, nullptr, nullptr);
}

// The first column of the first row.
std::string value(const Connection& connection, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    BOOST_REQUIRE(sqlite3_prepare_v2(connection.get(), sql, -1, &statement, nullptr) == SQLITE_OK);
    std::string out;
    if (sqlite3_step(statement) == SQLITE_ROW) out = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return out;
}

// Calls of this process that wrote something.
long write_calls() {
    std::ifstream io("/proc/self/io");
    for (std::string word; io >> word;)
        if (word == "syscw:") return io >> word, std::stol(word);
    return -1;
}

constexpr auto settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (n INTEGER, b BLOB);";
// About 260 pages.
constexpr auto many_pages =
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000) "
    "INSERT INTO t SELECT n, randomblob(1000) FROM c;";

struct Fixture {
    testing::TemporaryDirectory directory;
    std::filesystem::path file = directory.path() / "test.db";
    Connection writer = open(file);
    Fixture() { BOOST_REQUIRE(run(writer, settings) == SQLITE_OK); }
    std::string sum(const Connection& from) {
        return value(from, "SELECT count(*) || ' ' || coalesce(sum(n), 0) FROM t");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(joined_writes_vfs, Fixture)

BOOST_AUTO_TEST_CASE(a_transaction_of_many_pages_is_written_in_few_calls) {
    const auto before = write_calls();
    BOOST_REQUIRE(run(writer, many_pages) == SQLITE_OK);
    BOOST_TEST(write_calls() - before < 20);
    const auto plain = open(directory.path() / "plain.db", nullptr);
    BOOST_REQUIRE(run(plain, settings) == SQLITE_OK);
    const auto before_plain = write_calls();
    BOOST_REQUIRE(run(plain, many_pages) == SQLITE_OK);
    BOOST_TEST(write_calls() - before_plain > 200);
}

BOOST_AUTO_TEST_CASE(others_see_a_commit_at_once_and_nothing_before_it) {
    for (const char* synchronous :
         {"PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL", "PRAGMA synchronous = OFF"}) {
        BOOST_REQUIRE(run(writer, synchronous) == SQLITE_OK);
        BOOST_REQUIRE(run(writer, "DELETE FROM t") == SQLITE_OK);
        const auto ours = open(file), plain = open(file, nullptr);
        BOOST_REQUIRE(run(writer, "BEGIN IMMEDIATE") == SQLITE_OK);
        BOOST_REQUIRE(run(writer, many_pages) == SQLITE_OK);
        BOOST_TEST(sum(writer) == "1000 500500");
        BOOST_TEST(sum(ours) == "0 0");
        BOOST_TEST(sum(plain) == "0 0");
        BOOST_REQUIRE(run(writer, "COMMIT") == SQLITE_OK);
        BOOST_TEST(sum(ours) == "1000 500500");
        BOOST_TEST(sum(plain) == "1000 500500");
        BOOST_TEST(value(plain, "PRAGMA integrity_check") == "ok");
    }
}

// A small cache makes SQLite write pages before the end, read them back, and write them again in place.
BOOST_AUTO_TEST_CASE(pages_that_are_written_early_and_again_are_right) {
    BOOST_REQUIRE(run(writer, "PRAGMA cache_size = 10; CREATE INDEX i ON t (n)") == SQLITE_OK);
    BOOST_REQUIRE(run(writer, "BEGIN IMMEDIATE") == SQLITE_OK);
    BOOST_REQUIRE(run(writer, many_pages) == SQLITE_OK);
    BOOST_REQUIRE(run(writer, "SAVEPOINT s; UPDATE t SET n = n + 1, b = randomblob(900); ROLLBACK TO s") == SQLITE_OK);
    BOOST_REQUIRE(run(writer, "UPDATE t SET n = n * 2; COMMIT") == SQLITE_OK);
    const auto plain = open(file, nullptr);
    BOOST_TEST(sum(plain) == "1000 1001000");
    BOOST_TEST(value(plain, "PRAGMA integrity_check") == "ok");
    BOOST_REQUIRE(run(plain, "PRAGMA wal_checkpoint(TRUNCATE)") == SQLITE_OK);
    BOOST_REQUIRE(run(writer, "BEGIN; DELETE FROM t WHERE n > 1000; ROLLBACK; DELETE FROM t WHERE n <= 1000") ==
                  SQLITE_OK);
    BOOST_TEST(sum(plain) == "500 750500");
    BOOST_TEST(value(plain, "PRAGMA integrity_check") == "ok");
}

BOOST_AUTO_TEST_CASE(a_write_that_fails_undoes_the_transaction_and_the_next_one_works) {
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{100'000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    const int code = run(writer, many_pages);
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    BOOST_TEST(code != SQLITE_OK);
    BOOST_TEST(sum(writer) == "0 0");
    BOOST_REQUIRE(run(writer, many_pages) == SQLITE_OK);
    const auto plain = open(file, nullptr);
    BOOST_TEST(sum(plain) == "1000 500500");
    BOOST_TEST(value(plain, "PRAGMA integrity_check") == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::store::sqlite
