#include "engine/store/ledger_tally.hpp"

#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;
using effects::Outcome;

namespace {

store::Ledger::Sums sums(Site& site) {
    const auto out = site->ledger().sums();
    BOOST_REQUIRE(out.ok());
    return *out;
}

// The sums are those of the rows, outcome by outcome.
void check_balance(Site& site, std::int64_t received) {
    const auto found = sums(site);
    BOOST_TEST(found.received == received);
    BOOST_TEST(found.difference() == 0);
    std::array<std::int64_t, effects::outcome_count> rows{};
    const auto counted = site->ledger().counts();
    BOOST_REQUIRE(counted.ok());
    for (const auto& row : *counted) rows.at(static_cast<std::size_t>(row.outcome)) = row.messages;
    BOOST_TEST(found.outcomes == rows, boost::test_tools::per_element());
}

store::Unit queued(const std::string& control_id) {
    auto out = order(control_id, {.placer = control_id, .patient = control_id, .accession = control_id});
    out.effects.deliveries = {{"orders/archive", {}, true}, {"orders/ris", {}, true}};
    return out;
}

void finish(Site& site, const std::string& destination, Outcome state) {
    const auto work = site->deliveries().pending(destination, {}, 1).value().at(0);
    store::Deliveries::Attempt attempt;
    attempt.delivery = work.id;
    attempt.started = attempt.finished = monday;
    attempt.state = state;
    BOOST_REQUIRE(site->deliveries().record({&attempt, 1}).ok());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_ledger_sums)

STORE_TEST_CASE(every_way_of_a_message_keeps_the_sums) {
    Site site;
    check_balance(site, 0);
    auto rejected = order("M2");
    rejected.effects.disposition = effects::Disposition::reject;
    rejected.effects.error = Error{ErrorCode::hl7_missing_segment, "PID", "PID"};
    site.commit({order("M1"), rejected, order("M1"), queued("M3"), queued("M4")});
    check_balance(site, 5);
    BOOST_TEST(sums(site).outcomes[static_cast<std::size_t>(Outcome::pending)] == 2);
    finish(site, "orders/archive", Outcome::delivered);
    check_balance(site, 5);
    finish(site, "orders/ris", Outcome::dead);
    finish(site, "orders/ris", Outcome::delivered);
    check_balance(site, 5);
    const auto dead = site->queues().waiting("orders/ris", Outcome::dead, {}, 9).value().at(0).id;
    BOOST_REQUIRE(site->control().decide({&dead, 1}, {store::Instruction::Action::release, "me", {}, {}}).ok());
    check_balance(site, 5);
    BOOST_REQUIRE(site->control().decide({&dead, 1}, {store::Instruction::Action::discard, "me", {}, {}}).ok());
    check_balance(site, 5);
    site.reopen();
    check_balance(site, 5);
}

STORE_TEST_CASE(a_held_message_that_a_person_discards_is_filtered_and_the_sums_stay) {
    Site site;
    auto ambiguous = order("M1");
    ambiguous.effects.disposition = effects::Disposition::reject;
    ambiguous.effects.error = Error{ErrorCode::patient_ambiguous, {}, {}};
    const auto held = site.commit(ambiguous).outcome.message;
    // What is held because of a delivery is decided there.
    const auto queueing = site.commit(queued("M2")).outcome.message;
    finish(site, "orders/archive", Outcome::held);
    const auto discard = [&](std::int64_t message) {
        const auto changed = site->control().discard({message}, "anna", "a test");
        BOOST_REQUIRE(changed.ok());
        return *changed;
    };
    BOOST_TEST(!discard(queueing));
    BOOST_TEST(!discard(7));
    BOOST_TEST(discard(held));
    BOOST_TEST(!discard(held));
    check_balance(site, 2);
    BOOST_TEST(sums(site).outcomes[static_cast<std::size_t>(Outcome::filtered)] == 1);
    site.reopen();
    const auto detail = site->messages().message({held});
    BOOST_REQUIRE(detail.ok() && *detail && (*detail)->discarded);
    BOOST_TEST((*detail)->discarded->by == "anna");
    BOOST_TEST((*detail)->discarded->reason == "a test");
    BOOST_CHECK((*detail)->message.outcome == Outcome::filtered);
    BOOST_TEST((*detail)->message.error == "patient.ambiguous");
    BOOST_TEST(!(*site->messages().message({queueing}))->discarded);
}

STORE_TEST_CASE(what_retention_removes_is_said_and_the_sums_stay) {
    Site site;
    for (int i = 0; i < 10; ++i) site.commit(order("M" + std::to_string(i)));
    site.clock.set({monday.micros + std::chrono::microseconds(std::chrono::hours(24 * 30)).count()});
    store::RetentionPolicy policy;
    policy.messages = 3;
    for (bool finished = false; !finished;) {
        const auto step = site->retention().remove_some(policy, site.clock.now(), 4);
        BOOST_REQUIRE(step.ok());
        finished = step->finished;
    }
    check_balance(site, 10);
    BOOST_TEST(sums(site).removed == 7);
    BOOST_TEST(sums(site).rows() == 3);
}

STORE_TEST_CASE(a_row_that_somebody_takes_away_is_missing) {
    Site site;
    for (int i = 0; i < 5; ++i) site.commit(order("M" + std::to_string(i)));
    site.run("DELETE FROM message WHERE control_id = 'M2'");
    std::int64_t rows = 0;
    for (MessageId after;;) {
        const auto part = site->ledger().count_rows(after, 2);
        BOOST_REQUIRE(part.ok());
        rows += part->rows;
        if (!part->last) break;
        after = part->last;
    }
    BOOST_TEST(rows == 4);
    BOOST_TEST(sums(site).rows() == 5);
    BOOST_TEST(site->ledger().newest().value().value == site.latest().at(0).id.value);
}

STORE_TEST_CASE(a_refused_batch_counts_nothing) {
    Site site;
    site.commit(order("M1"));
    const auto before = sums(site).received;
    if (current_kind() == Kind::sqlite) {
        site.run("CREATE TRIGGER no BEFORE INSERT ON message_body BEGIN SELECT raise(ABORT, 'no'); END");
        site.commit({order("M2"), order("M3")});  // each is recorded as rejected, or not at all
    }
    BOOST_TEST(sums(site).difference() == 0);
    BOOST_TEST(sums(site).received >= before);
}

BOOST_AUTO_TEST_SUITE_END()
