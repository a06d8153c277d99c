#include "engine/store/delivery_control.hpp"

#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;
using effects::Outcome;
using store::Instruction;
using Action = store::Instruction::Action;

namespace {

constexpr auto archive = "orders/archive", fhir = "orders/fhir";

store::Unit delivering(const std::string& control_id, const std::vector<std::string>& destinations,
                       const std::string& lane = "100001") {
    effects::Effects effects;
    effects.ordering_key = lane;
    for (const auto& destination : destinations) effects.deliveries.push_back({destination, {}, true});
    return unit(control_id, std::move(effects));
}

std::vector<store::DeliveryWork> pending(Site& site, const std::string& destination) {
    auto found = site->deliveries().pending(destination, {}, 5000);
    BOOST_REQUIRE(found.ok());
    return std::move(found).value();
}

DeliveryId only(Site& site, const std::string& destination) {
    const auto all = pending(site, destination);
    BOOST_REQUIRE_EQUAL(all.size(), 1u);
    return all[0].id;
}

void attempt(Site& site, DeliveryId delivery, Outcome state) {
    store::Deliveries::Attempt one;
    one.delivery = delivery;
    one.started = one.finished = monday;
    one.state = state;
    one.detail = "what the receiver said";
    BOOST_REQUIRE(site->deliveries().record({&one, 1}).ok());
}

Instruction by_anna(Action action, const std::string& reason = {}) {
    return {action, "anna", reason, std::nullopt};
}

std::size_t decide(Site& site, DeliveryId delivery, const Instruction& instruction) {
    const auto changed = site->control().decide({&delivery, 1}, instruction);
    BOOST_REQUIRE(changed.ok());
    return changed->size();
}

std::int64_t decide(Site& site, const store::QueuePart& part, Action action) {
    const auto changed = site->control().decide(part, by_anna(action));
    BOOST_REQUIRE(changed.ok());
    return *changed;
}

store::DeliveryRow row(Site& site, DeliveryId delivery) {
    const auto found = site->queues().delivery(delivery);
    BOOST_REQUIRE(found.ok());
    BOOST_REQUIRE(found->has_value());
    return **found;
}

Outcome message_outcome(Site& site) {
    return site.latest(1).front().outcome;
}

store::QueueSummary queue(Site& site, const std::string& destination) {
    const auto all = site->queues().queues();
    BOOST_REQUIRE(all.ok());
    for (const auto& one : *all)
        if (one.destination == destination) return one;
    return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_delivery_control)

STORE_TEST_CASE(what_was_given_up_is_due_again_and_goes_on_counting) {
    for (const auto state : {Outcome::dead, Outcome::in_doubt}) {
        Site site;
        site.commit(delivering("M1", {archive}));
        const auto id = only(site, archive);
        attempt(site, id, state);
        BOOST_TEST(pending(site, archive).empty());
        BOOST_TEST(decide(site, id, by_anna(Action::release, "the archive is back")) == 1u);
        const auto again = pending(site, archive).at(0);
        BOOST_TEST(again.attempts == 1);
        BOOST_TEST(again.next_attempt.micros == 0);
        BOOST_CHECK(message_outcome(site) == Outcome::pending);
        BOOST_TEST(decide(site, id, by_anna(Action::release)) == 0u);
        const auto rows = site.rows("SELECT verdict, detail FROM delivery_attempt ORDER BY id");
        BOOST_REQUIRE_EQUAL(rows.size(), 2u);
        BOOST_TEST(rows[1] == (std::vector<std::string>{"0", "released by anna: the archive is back"}),
                   boost::test_tools::per_element());
        attempt(site, id, Outcome::delivered);
        BOOST_CHECK(message_outcome(site) == Outcome::delivered);
        BOOST_TEST(decide(site, id, by_anna(Action::release)) == 0u);
        BOOST_CHECK(message_outcome(site) == Outcome::delivered);
    }
}

STORE_TEST_CASE(what_is_held_is_not_tried_until_it_is_released) {
    Site site;
    site.commit(delivering("M1", {archive, fhir}));
    const auto id = only(site, archive);
    BOOST_TEST(decide(site, id, by_anna(Action::hold)) == 1u);
    BOOST_TEST(decide(site, id, by_anna(Action::hold)) == 0u);
    BOOST_TEST(pending(site, archive).empty());
    BOOST_CHECK(message_outcome(site) == Outcome::held);
    site.reopen();
    BOOST_TEST(pending(site, archive).empty());
    BOOST_TEST(only(site, fhir).value != id.value);
    BOOST_TEST(decide(site, id, by_anna(Action::release)) == 1u);
    BOOST_TEST(only(site, archive).value == id.value);
    BOOST_CHECK(message_outcome(site) == Outcome::pending);
}

STORE_TEST_CASE(what_is_discarded_never_leaves) {
    for (const auto state : store::waiting_states) {
        Site site;
        site.commit(delivering("M1", {archive, fhir}));
        const auto id = only(site, archive), other = only(site, fhir);
        if (state == Outcome::held)
            decide(site, id, by_anna(Action::hold));
        else if (state != Outcome::pending)
            attempt(site, id, state);
        site.clock.set({monday.micros + 1'000'000});
        BOOST_TEST(decide(site, id, by_anna(Action::discard, "sent by hand")) == 1u);
        BOOST_TEST(decide(site, id, by_anna(Action::discard)) == 0u);
        BOOST_TEST(decide(site, id, by_anna(Action::release)) == 0u);
        BOOST_TEST(pending(site, archive).empty());
        BOOST_CHECK(row(site, id).state == Outcome::filtered);
        BOOST_TEST(row(site, id).finished.micros == monday.micros + 1'000'000);
        BOOST_CHECK(message_outcome(site) == Outcome::pending);
        BOOST_TEST(site.one("SELECT detail FROM delivery_attempt ORDER BY id DESC LIMIT 1") ==
                   "discarded by anna: sent by hand");
        if (state == Outcome::dead) {
            decide(site, other, by_anna(Action::discard));
            BOOST_CHECK(message_outcome(site) == Outcome::filtered);
        } else {
            attempt(site, other, Outcome::delivered);
            BOOST_CHECK(message_outcome(site) == Outcome::delivered);
        }
    }
}

STORE_TEST_CASE(what_was_delivered_or_discarded_is_sent_again_as_it_was) {
    Site site;
    site.commit(delivering("M1", {archive, fhir}));
    const auto id = only(site, archive), other = only(site, fhir);
    BOOST_TEST(decide(site, id, by_anna(Action::again)) == 0u);
    attempt(site, id, Outcome::delivered);
    decide(site, other, by_anna(Action::discard));
    BOOST_CHECK(message_outcome(site) == Outcome::delivered);
    BOOST_TEST(decide(site, id, by_anna(Action::again, "the archive lost it")) == 1u);
    BOOST_TEST(decide(site, id, by_anna(Action::again)) == 0u);
    BOOST_CHECK(message_outcome(site) == Outcome::pending);
    const auto again = pending(site, archive).at(0);
    BOOST_TEST(again.payload == "content of M1");
    BOOST_TEST(again.attempts == 1);
    BOOST_TEST(row(site, id).finished.micros == 0);
    attempt(site, id, Outcome::delivered);
    BOOST_CHECK(message_outcome(site) == Outcome::delivered);
    BOOST_TEST(decide(site, other, by_anna(Action::again)) == 1u);
    BOOST_TEST(only(site, fhir).value == other.value);
    BOOST_TEST(
        site.one("SELECT count(*) FROM delivery_attempt WHERE detail = 'sent again by anna: the archive lost it'") ==
        "1");
}

STORE_TEST_CASE(how_an_attempt_ends_that_was_under_way_counts) {
    const struct {
        Action action;
        Outcome end, delivery, message;
    } rows[] = {{Action::hold, Outcome::delivered, Outcome::delivered, Outcome::delivered},
                {Action::hold, Outcome::pending, Outcome::held, Outcome::held},
                {Action::hold, Outcome::dead, Outcome::dead, Outcome::dead},
                {Action::discard, Outcome::delivered, Outcome::delivered, Outcome::delivered},
                {Action::discard, Outcome::pending, Outcome::filtered, Outcome::filtered},
                {Action::discard, Outcome::dead, Outcome::filtered, Outcome::filtered}};
    for (const auto& expected : rows) {
        Site site;
        site.commit(delivering("M1", {archive}));
        const auto id = only(site, archive);
        BOOST_REQUIRE(site->deliveries().begin({&id, 1}, monday).ok());
        BOOST_TEST(decide(site, id, by_anna(expected.action)) == 1u);
        attempt(site, id, expected.end);
        BOOST_TEST_CONTEXT(to_text(expected.action) << ", " << to_text(expected.end)) {
            BOOST_TEST(to_text(row(site, id).state) == to_text(expected.delivery));
            BOOST_TEST(to_text(message_outcome(site)) == to_text(expected.message));
            BOOST_TEST(site.one("SELECT begun FROM delivery") == "0");
        }
    }
}

STORE_TEST_CASE(a_changed_payload_is_what_is_delivered_from_then_on) {
    Site site;
    site.commit(delivering("M1", {archive}));
    const auto id = only(site, archive);
    auto change = by_anna(Action::release, "wrong ward");
    change.payload = "mended";
    BOOST_TEST(decide(site, id, change) == 0u);
    BOOST_TEST(pending(site, archive).at(0).payload == "content of M1");
    attempt(site, id, Outcome::dead);
    BOOST_TEST(decide(site, id, change) == 1u);
    BOOST_TEST(pending(site, archive).at(0).payload == "mended");
    attempt(site, id, Outcome::dead);
    change.payload = std::string("mended again\0", 13);
    BOOST_TEST(decide(site, id, change) == 1u);
    site.reopen();
    BOOST_TEST(pending(site, archive).at(0).payload == *change.payload);
    const auto message = site->messages().message({site.latest(1).front().id});
    BOOST_REQUIRE(message.ok());
    BOOST_TEST((*message)->content == "content of M1");
    BOOST_TEST((*message)->deliveries[0].payload == *change.payload);
    BOOST_TEST((*message)->deliveries[0].attempts.back().detail == "changed and released by anna: wrong ward");
}

STORE_TEST_CASE(a_lane_is_held_and_released_by_its_key_in_its_order) {
    Site site;
    const auto both = std::string("one") + effects::key_separator + "two";
    const std::pair<const char*, std::string> units[] = {
        {"M1", "one"}, {"M2", "two"}, {"M3", both}, {"M4", "three"}, {"M5", "one"}};
    for (const auto& [id, lane] : units) site.commit(delivering(id, {archive}, lane));
    BOOST_TEST(decide(site, {archive, {Outcome::pending}, "one"}, Action::hold) == 3);
    const auto left = pending(site, archive);
    BOOST_REQUIRE_EQUAL(left.size(), 2u);
    BOOST_TEST(left[0].control_id == "M2");
    BOOST_TEST(left[1].control_id == "M4");
    BOOST_TEST(decide(site, {archive, {Outcome::held}, "two"}, Action::release) == 1);
    BOOST_TEST(decide(site, {archive, {Outcome::held}, both}, Action::release) == 0);
    BOOST_TEST(decide(site, {archive, {Outcome::held}, {}}, Action::release) == 2);
    std::vector<std::string> order;
    for (const auto& work : pending(site, archive)) order.push_back(work.control_id);
    BOOST_TEST(order == (std::vector<std::string>{"M1", "M2", "M3", "M4", "M5"}), boost::test_tools::per_element());
}

STORE_TEST_CASE(a_whole_queue_is_decided_by_states) {
    Site site;
    constexpr int many = 2'500;  // more than are decided at once
    std::vector<store::Unit> units;
    units.reserve(many);
    for (int i = 0; i < many; ++i) units.push_back(delivering("M" + std::to_string(i), {archive, fhir}));
    site.commit(std::move(units));
    BOOST_TEST(decide(site, {archive, {Outcome::pending}, {}}, Action::hold) == many);
    BOOST_TEST(decide(site, {archive, {Outcome::dead, Outcome::in_doubt}, {}}, Action::release) == 0);
    BOOST_TEST(queue(site, archive).held == many);
    BOOST_TEST(queue(site, fhir).pending == many);
    BOOST_TEST(decide(site, {archive, {Outcome::held}, {}}, Action::discard) == many);
    BOOST_TEST(queue(site, archive).held == 0);
    BOOST_TEST(queue(site, fhir).pending == many);
}

STORE_TEST_CASE(a_stopped_destination_is_offered_nothing_and_loses_nothing) {
    Site site;
    site.commit(delivering("M1", {archive, fhir}));
    BOOST_TEST(site->control().stop(archive, "anna", "moving it").value());
    BOOST_TEST(!site->control().stop(archive, "bert", {}).value());
    site.commit(delivering("M2", {archive}));
    for (int life = 0; life < 2; ++life, site.reopen()) {
        BOOST_TEST(pending(site, archive).empty());
        BOOST_TEST(site->deliveries().heads(archive, {}, 10)->empty());
        BOOST_TEST(pending(site, fhir).size() == 1u);
        const auto summary = queue(site, archive);
        BOOST_TEST(summary.pending == 2);
        BOOST_REQUIRE(summary.hold.has_value());
        BOOST_TEST(summary.hold->by == "anna");
        BOOST_TEST(summary.hold->reason == "moving it");
        BOOST_TEST(summary.hold->since.micros == monday.micros);
    }
    BOOST_CHECK(message_outcome(site) == Outcome::pending);
    BOOST_TEST(site->control().go_on(archive).value());
    BOOST_TEST(!site->control().go_on(archive).value());
    BOOST_TEST(pending(site, archive).size() == 2u);
    BOOST_TEST(!queue(site, archive).hold.has_value());
}

STORE_TEST_CASE(queues_are_counted_and_listed_by_state) {
    Site site;
    for (const auto* id : {"M1", "M2", "M3", "M4", "M5"}) site.commit(delivering(id, {archive}));
    const auto all = pending(site, archive);
    attempt(site, all[0].id, Outcome::dead);
    attempt(site, all[1].id, Outcome::in_doubt);
    attempt(site, all[2].id, Outcome::delivered);
    decide(site, all[3].id, by_anna(Action::hold));
    const auto summary = queue(site, archive);
    BOOST_TEST(summary.pending == 1);
    BOOST_TEST(summary.held == 1);
    BOOST_TEST(summary.dead == 1);
    BOOST_TEST(summary.in_doubt == 1);
    BOOST_TEST(summary.oldest_pending.micros == monday.micros);
    BOOST_TEST(summary.next_attempt.micros == monday.micros);
    const std::pair<Outcome, DeliveryId> expected[] = {{Outcome::dead, all[0].id},
                                                       {Outcome::in_doubt, all[1].id},
                                                       {Outcome::held, all[3].id},
                                                       {Outcome::pending, all[4].id}};
    for (const auto& [state, id] : expected) {
        const auto rows = site->queues().waiting(archive, state, {}, 10);
        BOOST_REQUIRE(rows.ok());
        BOOST_REQUIRE_EQUAL(rows->size(), 1u);
        BOOST_TEST((*rows)[0].id.value == id.value);
        BOOST_CHECK((*rows)[0].state == state);
        BOOST_TEST(site->queues().waiting(archive, state, id, 10)->empty());
    }
    BOOST_TEST(!site->queues().delivery({12345})->has_value());
}

STORE_TEST_CASE(decisions_and_attempts_of_one_moment_have_rows_of_their_own) {
    Site site;
    site.commit(delivering("M1", {archive}));
    const auto id = only(site, archive);
    for (int i = 0; i < 20; ++i) {
        attempt(site, id, Outcome::dead);
        BOOST_TEST(decide(site, id, by_anna(Action::release)) == 1u);
        if (i == 10) site.reopen();
    }
    BOOST_TEST(site.one("SELECT count(*) FROM delivery_attempt") == "40");
}

BOOST_AUTO_TEST_SUITE_END()
