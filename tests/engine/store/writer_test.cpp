// Who waits for whom at the one connection that writes: what rides along is durable with the transaction that took it,
// and is done once, whatever becomes of that transaction.
#include "engine/store/sqlite/writer.hpp"

#include <sqlite3.h>

#include <future>

#include "tests/engine/store/databases.hpp"

using gantry::store::sqlite::execute;
using gantry::store::sqlite::Failure;
using gantry::store::sqlite::Writer;
using gantry::store::testing::Onlooker;

namespace {

class Desk {
  public:
    Desk() {
        BOOST_REQUIRE_EQUAL(sqlite3_open(file().c_str(), &connection_), SQLITE_OK);
        execute(connection_, "PRAGMA journal_mode = WAL; CREATE TABLE t (who TEXT, UNIQUE (who))");
        writer.emplace(connection_);
    }
    ~Desk() { sqlite3_close(connection_); }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    void insert(const std::string& who) { execute(connection_, ("INSERT INTO t VALUES ('" + who + "')").c_str()); }
    std::string seen() {
        return Onlooker(file()).one(
            "SELECT coalesce(group_concat(who, ' '), '') FROM (SELECT who FROM t ORDER BY who)");
    }

    std::optional<Writer> writer;

  private:
    std::filesystem::path file() const { return directory_.path() / "desk.db"; }
    gantry::store::testing::TemporaryDirectory directory_;
    sqlite3* connection_ = nullptr;
};

// A passenger that asks while the first leading transaction is under way, and so waits for the second.
std::future<void> passenger(Desk& desk, const std::string& who, std::atomic<int>& runs) {
    std::future<void> out;
    desk.writer->leading_transaction([&] {
        std::promise<void> asking;
        out = std::async(std::launch::async, [&, who] {
            asking.set_value();
            desk.writer->ride_along([&] {
                ++runs;
                desk.insert(who);
            });
        });
        asking.get_future().wait();
        desk.insert("leader");
    });
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_writer)

BOOST_AUTO_TEST_CASE(alone_it_commits_by_itself) {
    Desk desk;
    desk.writer->ride_along([&] { desk.insert("alone"); });
    BOOST_TEST(desk.seen() == "alone");
}

BOOST_AUTO_TEST_CASE(what_rides_along_is_committed_once_when_the_call_returns) {
    Desk desk;
    std::atomic<int> runs{0};
    auto waiting = passenger(desk, "passenger", runs);
    desk.writer->leading_transaction([&] { desk.insert("second leader"); });
    waiting.get();
    BOOST_TEST(runs == 1);
    BOOST_TEST(desk.seen() == "leader passenger second leader");
}

BOOST_AUTO_TEST_CASE(a_leader_that_fails_leaves_its_passengers_to_themselves) {
    Desk desk;
    std::atomic<int> runs{0};
    auto waiting = passenger(desk, "passenger", runs);
    BOOST_CHECK_THROW(desk.writer->leading_transaction([&] { desk.insert("leader"); }), Failure);
    waiting.get();
    BOOST_TEST(desk.seen() == "leader passenger");
}

BOOST_AUTO_TEST_CASE(a_passenger_that_fails_is_told_and_nothing_of_it_stays) {
    Desk desk;
    desk.writer->transaction([&] { desk.insert("taken"); });
    std::atomic<int> runs{0};
    auto waiting = passenger(desk, "taken", runs);
    try {
        desk.writer->leading_transaction([&] { desk.insert("second leader"); });
    } catch (const Failure&) {
        // It had the passenger on board; intake applies its units again by themselves.
        desk.writer->transaction([&] { desk.insert("second leader"); });
    }
    BOOST_CHECK_THROW(waiting.get(), Failure);
    BOOST_TEST(desk.seen() == "leader second leader taken");
}

BOOST_AUTO_TEST_SUITE_END()
