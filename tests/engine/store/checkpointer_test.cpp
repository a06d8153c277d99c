// The WAL is folded back beside the writer: it does not grow with what is committed, nothing of it is lost, and who
// reads while it happens sees what was there when it began.
#include "engine/store/sqlite/checkpointer.hpp"

#include "engine/store/sqlite/connection.hpp"
#include "tests/engine/store/databases.hpp"

using gantry::store::sqlite::Checkpointer;
using gantry::store::sqlite::execute;
using gantry::store::testing::Onlooker;

namespace {

constexpr int page = 4096, usual = 20, commits = 3000;

class Folder {
  public:
    Folder() : writer(open()), own_(open()) {
        execute(writer, "PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER PRIMARY KEY, b BLOB)");
        execute(writer, ("PRAGMA wal_autocheckpoint = " + std::to_string(usual)).c_str());
        checkpointer.emplace(writer, own_);
    }
    ~Folder() {
        checkpointer.reset();
        sqlite3_close(own_);
        sqlite3_close(writer);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    // Each some pages.
    void commit(int times) const {
        for (int i = 0; i < times; ++i) execute(writer, "INSERT INTO t (b) VALUES (randomblob(10000))");
    }
    std::uintmax_t wal_pages() const { return std::filesystem::file_size(file().string() + "-wal") / page; }
    std::filesystem::path file() const { return directory_.path() / "folded.db"; }
    std::string seen() const { return Onlooker(file()).one("SELECT count(*) || ' ' || sum(length(b)) FROM t"); }

  private:
    sqlite3* open() const {
        sqlite3* opened = nullptr;
        BOOST_REQUIRE_EQUAL(sqlite3_open(file().c_str(), &opened), SQLITE_OK);
        execute(opened, "PRAGMA busy_timeout = 5000; PRAGMA synchronous = OFF");
        return opened;
    }
    gantry::store::testing::TemporaryDirectory directory_;

  public:
    sqlite3* writer;

  private:
    sqlite3* own_;

  public:
    std::optional<Checkpointer> checkpointer;
};

std::string all(int times) {
    return std::to_string(times) + " " + std::to_string(10000 * times);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_checkpointer)

BOOST_AUTO_TEST_CASE(the_wal_does_not_grow_with_what_is_committed) {
    const Folder folder;
    folder.commit(commits);
    BOOST_TEST(folder.wal_pages() < commits);  // a third of what was written
    BOOST_TEST(folder.seen() == all(commits));
    BOOST_TEST(Onlooker(folder.file()).one("PRAGMA integrity_check") == "ok");
}

BOOST_AUTO_TEST_CASE(a_reader_sees_what_there_was_and_when_it_ends_the_wal_begins_anew) {
    const Folder folder;
    folder.commit(10);
    {
        const Onlooker reader(folder.file());
        (void)reader.rows("BEGIN; SELECT count(*) FROM t");
        folder.commit(commits);
        BOOST_TEST(reader.one("SELECT count(*) FROM t") == "10");
    }
    const auto grown = folder.wal_pages();
    folder.commit(commits);
    BOOST_TEST(folder.wal_pages() < 2 * grown - commits);
    BOOST_TEST(folder.seen() == all(10 + 2 * commits));
}

BOOST_AUTO_TEST_CASE(it_ends_at_any_moment_and_the_writer_goes_on_without_it) {
    for (int moment = 0; moment < 40; ++moment) {
        Folder folder;
        folder.commit(moment);
        folder.checkpointer.reset();
        folder.commit(100);
        BOOST_TEST(folder.wal_pages() > 300u);
        BOOST_TEST(folder.seen() == all(moment + 100));
    }
}

BOOST_AUTO_TEST_SUITE_END()
