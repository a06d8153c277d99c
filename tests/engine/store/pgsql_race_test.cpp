// Two committers on one database, doing what conflicts at the same moment.
#include <barrier>
#include <thread>

#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;

namespace {

constexpr int rounds = 1000;

std::string number(const char* kind, int round, int thread = -1) {
    return kind + std::to_string(round) + (thread < 0 ? "" : "-" + std::to_string(thread));
}

store::Unit order_for(const std::string& control_id, const std::string& placer, const std::string& patient) {
    Order what;
    what.placer = placer;
    what.patient = patient;
    what.accession = "A-" + placer;
    return order(control_id, what);
}

// A patient with two numbers, who can be found by either.
store::Unit two_numbers(int round) {
    auto out = order_for(number("both", round), number("X", round), number("N", round));
    out.effects.patient->identifiers.push_back(identifier(number("B", round)));
    return out;
}

// What both committers do in one round, at the same time: the same message; an order that both know under another
// message; orders of their own for the same new patient. And for the patient of the round before, one sends an order
// under the second number while the other merges the patient by the first one.
std::vector<store::Unit> units_of(int round, int thread) {
    std::vector<store::Unit> out;
    out.push_back(order_for(number("same", round), number("P", round), number("N", round)));
    out.push_back(order_for(number("twice", round, thread), number("Q", round), number("N", round)));
    out.push_back(order_for(number("own", round, thread), number("R", round, thread), number("N", round)));
    out.push_back(two_numbers(round));
    if (round > 0 && thread == 0)
        out.push_back(order_for(number("late", round), number("L", round), number("B", round - 1)));
    if (round > 0 && thread == 1)
        out.push_back(unit(number("merge", round), merge(number("N", round - 1), number("S", round - 1))));
    return out;
}

struct Answers {
    std::map<std::string, int> outcomes;
    std::map<std::string, std::vector<std::string>> replies;  // of messages that both sent
};

Answers commit_all(store::Intake& intake, int thread, std::barrier<>& together) {
    Answers out;
    for (int round = 0; round < rounds; ++round) {
        auto units = units_of(round, thread);
        together.arrive_and_wait();
        const auto done = intake.commit(units);
        for (std::size_t i = 0; i < done.size(); ++i) {
            ++out.outcomes[outcome(done[i])];
            if (i == 0) out.replies[units[i].control_id].push_back(done[i].reply);
        }
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_pgsql_race, *boost::unit_test::precondition(postgres_is_installed))

BOOST_AUTO_TEST_CASE(everything_happens_once_and_nothing_is_lost) {
    Site site(std::make_unique<PostgresPlace>());
    const auto intakes = site->intakes();
    BOOST_REQUIRE_EQUAL(intakes.size(), 2u);
    std::barrier together(2);
    Answers first, second;
    std::thread other([&] { second = commit_all(*intakes[1], 1, together); });
    first = commit_all(*intakes[0], 0, together);
    other.join();

    for (const auto& [what, count] : second.outcomes) first.outcomes[what] += count;
    for (const auto& [what, count] : first.outcomes) BOOST_TEST_MESSAGE(what << ": " << count);
    // In each round one of each pair of copies is the duplicate.
    BOOST_TEST(first.outcomes["duplicate"] == 2 * rounds);
    BOOST_TEST(first.outcomes["delivered"] == 6 * rounds + 2 * (rounds - 1));
    BOOST_TEST(first.outcomes.size() == 2u);
    for (const auto& [control_id, replies] : first.replies) BOOST_TEST(replies == second.replies[control_id]);

    const auto count = [&](const std::string& what) { return std::stoi(site.one("SELECT count(*) FROM " + what)); };
    BOOST_TEST(count("message") == 8 * rounds + 2 * (rounds - 1));
    BOOST_TEST(count("message_body") == count("message"));
    // Per round: the common one, the one known twice, two of their own, the one with two numbers; and the late ones.
    BOOST_TEST(count("imaging_study") == 5 * rounds + rounds - 1);
    BOOST_TEST(count("scheduled_procedure_step") == count("imaging_study"));
    BOOST_TEST(count("patient WHERE merged_into = 0") == rounds);
    BOOST_TEST(count("patient WHERE merged_into <> 0") == rounds - 1);
    BOOST_TEST(count("imaging_study s JOIN patient p ON p.id = s.patient WHERE p.merged_into <> 0") == 0);
    BOOST_TEST(count("imaging_study s LEFT JOIN patient p ON p.id = s.patient WHERE p.id IS NULL") == 0);
    BOOST_TEST(count("order_key k LEFT JOIN imaging_study s ON s.id = k.study WHERE s.id IS NULL") == 0);
    BOOST_TEST(count("imaging_study s LEFT JOIN change_log c ON c.id = s.last_change WHERE c.id IS NULL") == 0);
    BOOST_TEST(count("message d LEFT JOIN message m ON m.id = d.duplicate_of WHERE d.outcome = 4 AND m.id IS NULL") ==
               0);
}

BOOST_AUTO_TEST_SUITE_END()
