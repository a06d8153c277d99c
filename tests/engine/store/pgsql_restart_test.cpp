// The server goes away in the middle of it: every answer is true, and it goes on by itself.
#include <atomic>
#include <set>
#include <thread>

#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;

namespace {

struct Told {
    std::set<std::string> stored, refused;
    std::map<std::string, int> outcomes;
};

Told send_until(store::Intake& intake, int thread, const std::atomic<bool>& stop) {
    Told out;
    for (int round = 0; !stop; ++round) {
        std::vector<store::Unit> units;
        for (int i = 0; i < 3; ++i) {
            const auto name = std::to_string(thread) + "-" + std::to_string(round) + "-" + std::to_string(i);
            // Some patients are everybody's.
            units.push_back(order(name, {"P" + name, "N" + std::to_string(round % 7), "A" + name}));
        }
        const auto done = intake.commit(units);
        for (std::size_t i = 0; i < done.size(); ++i) {
            ++out.outcomes[outcome(done[i])];
            (done[i].durable ? out.stored : out.refused).insert(units[i].control_id);
        }
    }
    return out;
}

std::set<std::string> in_database(const Site& site) {
    std::set<std::string> out;
    for (const auto& row : site.rows("SELECT control_id FROM message")) out.insert(row.front());
    return out;
}

void pause(int milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_pgsql_restart, *boost::unit_test::precondition(postgres_is_installed))

BOOST_AUTO_TEST_CASE(answers_are_true_while_the_server_is_restarted) {
    PostgresServer server(PostgresServer::Fsync::on);
    Site site(std::make_unique<PostgresPlace>(server));
    std::atomic<bool> stop{false};
    Told first, second;
    const auto intakes = site->intakes();
    std::thread one([&] { first = send_until(*intakes[0], 0, stop); });
    std::thread two([&] { second = send_until(*intakes[1], 1, stop); });
    for (int restart = 0; restart < 3; ++restart) {
        pause(400 + 37 * restart);
        server.stop();
        pause(restart * 50);
        server.start();
    }
    pause(3000);  // longer than the longest wait between two tries
    stop = true;
    one.join();
    two.join();
    first.stored.merge(second.stored);
    first.refused.merge(second.refused);
    for (const auto* told : {&first, &second}) {
        for (const auto& [what, count] : told->outcomes)
            BOOST_TEST((what == "delivered" || what == "rejected: storage.unavailable"), what);
    }
    BOOST_TEST_MESSAGE(first.stored.size() << " stored, " << first.refused.size() << " refused");
    BOOST_TEST(first.stored.size() > 100u);
    BOOST_TEST(first.refused.size() > 0u);
    const auto there = in_database(site);
    std::vector<std::string> lost, unknown;
    std::set_difference(first.stored.begin(), first.stored.end(), there.begin(), there.end(), std::back_inserter(lost));
    std::set_difference(there.begin(), there.end(), first.stored.begin(), first.stored.end(),
                        std::back_inserter(unknown));
    BOOST_TEST(lost == std::vector<std::string>(), boost::test_tools::per_element());
    BOOST_TEST(unknown == std::vector<std::string>(), boost::test_tools::per_element());
    BOOST_TEST(site.one("SELECT count(*) FROM imaging_study") == std::to_string(there.size()));
    BOOST_TEST(site->writable().ok());
    BOOST_TEST(outcome(site.commit(order("last", {"PL", "NL", "AL"}))) == "delivered");
}

BOOST_AUTO_TEST_CASE(a_restart_between_two_messages_is_not_noticed) {
    PostgresServer server;
    Site site(std::make_unique<PostgresPlace>(server));
    auto message = order("M1");
    message.effects.deliveries.push_back({"orders/archive", {}, true});
    site.commit(message);
    BOOST_TEST(site.worklist().size() == 1u);
    server.stop();
    server.start();
    BOOST_TEST(site->writable().ok());
    BOOST_TEST(outcome(site.commit(order("M2", {"P2", "100002", "A2"}))) == "delivered");
    BOOST_TEST(site.worklist().size() == 2u);
    store::Deliveries::Attempt attempt;
    attempt.delivery = site->deliveries().pending("orders/archive", {}, 10).value().at(0).id;
    BOOST_TEST(site->deliveries().record({&attempt, 1}).ok());
}

BOOST_AUTO_TEST_CASE(without_a_server_everything_says_so_and_nothing_waits_for_long) {
    PostgresServer server;
    Site site(std::make_unique<PostgresPlace>(server));
    site.commit(order("M1"));
    server.stop();
    for (int i = 0; i < 3; ++i) {
        const auto refused = site.commit(order("M2"));
        BOOST_TEST(!refused.durable);
        BOOST_TEST(outcome(refused) == "rejected: storage.unavailable");
        BOOST_TEST(refused.reply == "M2|rejected|0");
    }
    BOOST_TEST(!site->writable().ok());
    BOOST_TEST(!site->worklist().candidates({}).ok());
    BOOST_TEST(!site->ledger().counts().ok());
    BOOST_TEST(!site->deliveries().pending("orders/archive", {}, 1).ok());
    const store::Deliveries::Attempt attempt;
    BOOST_TEST(!site->deliveries().record({&attempt, 1}).ok());
    server.start();
    for (int i = 0; i < 60 && !site.commit(order("M3")).durable; ++i) pause(100);
    BOOST_TEST(outcome(site.commit(order("M3"))) == "duplicate");
    BOOST_TEST(site.worklist().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
