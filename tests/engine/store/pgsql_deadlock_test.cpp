// Others at work in the same database at the same moment: who loses is evaluated again, and nobody's message is
// rejected for it.
#include <atomic>
#include <thread>

#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;

namespace {

// The first writes of an order fail as they do for whoever loses.
void lose(const Site& site, const std::string& sqlstate, int times) {
    site.run("CREATE SEQUENCE tries");
    site.run("CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF nextval(''tries'') <= " +
             std::to_string(times) + " THEN RAISE EXCEPTION ''lost'' USING ERRCODE = ''" + sqlstate +
             "''; END IF; RETURN NEW; END'");
    site.run("CREATE TRIGGER lose BEFORE INSERT ON imaging_study FOR EACH ROW EXECUTE FUNCTION lose()");
}

std::string numbered(const char* kind, int number) {
    return kind + std::to_string(number);
}

constexpr int people = 8, rounds = 60;

// An order of every patient, forwards or backwards, and a change of the one that the other committer opens.
std::vector<store::Unit> crossing(int thread, int round) {
    std::vector<store::Unit> out;
    for (int i = 0; i < people; ++i) {
        const int person = thread == 0 ? i : people - 1 - i;
        const auto id = std::to_string(thread) + "-" + std::to_string(round) + "-" + std::to_string(person);
        out.push_back(order("own" + id, {"P" + id, numbered("N", person), "A" + id}));
        Order both{numbered("shared", person), numbered("N", person), numbered("AS", person)};
        both.action = effects::OrderAction::create_or_update;
        both.event_time = std::to_string(20261123100000 + 2 * round + thread);
        out.push_back(order("both" + id, both));
    }
    return out;
}

// What is refused because the database is too busy comes again, as senders do. Answers how often that was.
int commit_until_stored(store::Intake& intake, std::vector<store::Unit> units) {
    int again = 0;
    while (!units.empty()) {
        const auto done = intake.commit(units);
        std::vector<store::Unit> left;
        for (std::size_t i = 0; i < done.size(); ++i) {
            if (!done[i].durable) left.push_back(units[i]);
            if (done[i].durable && done[i].outcome.error)
                throw std::runtime_error(units[i].control_id + " was rejected: " + done[i].outcome.error->text());
        }
        again += static_cast<int>(left.size());
        units = std::move(left);
    }
    return again;
}

// Somebody who locks rows in an order of his own, and waits for others while he has them.
void meddle(const std::string& url, const std::string& first, const std::string& then, const std::atomic<bool>& ended) {
    const std::unique_ptr<PGconn, void (*)(PGconn*)> session(PQconnectdb(url.c_str()), PQfinish);
    const auto locks =
        "DO $$ BEGIN PERFORM 1 FROM " + first + " ORDER BY id DESC FOR UPDATE; PERFORM 1 FROM " + then +
        " ORDER BY id DESC FOR UPDATE; EXCEPTION WHEN deadlock_detected OR lock_not_available THEN NULL; END $$";
    while (!ended) PQclear(PQexec(session.get(), locks.c_str()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_pgsql_deadlock, *boost::unit_test::precondition(postgres_is_installed))

BOOST_AUTO_TEST_CASE(the_loser_is_evaluated_again) {
    for (const auto* sqlstate : {"40P01", "40001", "55P03", "23505"}) {
        Site site(std::make_unique<PostgresPlace>());
        lose(site, sqlstate, 2);
        const auto done = site.commit({order("M1"), order("M2", {"P2", "100002", "A2"}), order("M1")});
        BOOST_TEST(outcome(done[0]) == "delivered", sqlstate);
        BOOST_TEST(outcome(done[1]) == "delivered");
        BOOST_TEST(outcome(done[2]) == "duplicate");
        BOOST_TEST(site.one("SELECT count(*) FROM message") == "3");
        BOOST_TEST(site.one("SELECT count(*) FROM imaging_study") == "2");
        BOOST_TEST(site.one("SELECT last_value FROM tries") == "4");
    }
}

BOOST_AUTO_TEST_CASE(who_always_loses_is_told_to_come_again_and_nothing_is_kept) {
    Site site(std::make_unique<PostgresPlace>());
    lose(site, "40P01", 1000);
    const auto done = site.commit(order("M1"));
    BOOST_TEST(!done.durable);
    BOOST_TEST(outcome(done) == "rejected: storage.unavailable");
    BOOST_TEST(site.one("SELECT count(*) FROM message") == "0");
    site.run("DROP TRIGGER lose ON imaging_study");
    BOOST_TEST(outcome(site.commit(order("M1"))) == "delivered");
}

BOOST_AUTO_TEST_CASE(committers_with_crossing_keys_among_others_who_lock_the_same_rows) {
    Site site(std::make_unique<PostgresPlace>());
    site.run(
        "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET deadlock_timeout = ''2ms'''; END $$");
    site.reopen();
    std::atomic<bool> ended{false};
    std::atomic<int> again{0};
    const auto url = site.place().url();
    std::vector<std::thread> others, committers;
    others.emplace_back([&] { meddle(url, "imaging_study", "patient", ended); });
    others.emplace_back([&] { meddle(url, "patient", "imaging_study", ended); });
    const auto intakes = site->intakes();
    std::vector<std::string> failures(intakes.size());
    for (int thread = 0; thread < 2; ++thread)
        committers.emplace_back([&, thread] {
            try {
                for (int round = 0; round < rounds; ++round)
                    again +=
                        commit_until_stored(*intakes.at(static_cast<std::size_t>(thread)), crossing(thread, round));
            } catch (const std::exception& failure) {
                failures[static_cast<std::size_t>(thread)] = failure.what();
            }
        });
    for (auto& thread : committers) thread.join();
    ended = true;
    for (auto& thread : others) thread.join();
    for (const auto& failure : failures) BOOST_TEST(failure == "");
    BOOST_TEST_MESSAGE(
        "deadlocks: " << site.one("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
                      << ", units sent again: " << again);
    BOOST_TEST(site.one("SELECT count(*) FROM message") == std::to_string(2 * 2 * people * rounds));
    BOOST_TEST(site.one("SELECT count(*) FROM imaging_study") == std::to_string(2 * people * rounds + people));
    BOOST_TEST(site.one("SELECT count(*) FROM patient") == std::to_string(people));
    BOOST_TEST(site.one("SELECT count(*) FROM scheduled_procedure_step") ==
               std::to_string(2 * people * rounds + people));
}

BOOST_AUTO_TEST_SUITE_END()
