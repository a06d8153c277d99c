#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;
using effects::Outcome;
using store::Deliveries;

namespace {

store::Unit delivering(const std::string& control_id, const std::vector<std::string>& destinations,
                       const std::string& lane = "100001") {
    effects::Effects effects;
    effects.ordering_key = lane;
    for (const auto& destination : destinations) effects.deliveries.push_back({destination, {}, true});
    return unit(control_id, std::move(effects));
}

std::vector<store::DeliveryWork> pending(Site& site, const std::string& destination, DeliveryId after = {},
                                         std::size_t most = 100) {
    auto found = site->deliveries().pending(destination, after, most);
    BOOST_REQUIRE(found.ok());
    return std::move(found).value();
}

Deliveries::Attempt attempt(const store::DeliveryWork& work, Outcome state) {
    Deliveries::Attempt out;
    out.delivery = work.id;
    out.started = monday;
    out.finished = {monday.micros + 5};
    out.state = state;
    out.next_attempt = {monday.micros + 1'000'000};
    out.detail = "what the receiver said";
    return out;
}

void record(Site& site, const store::DeliveryWork& work, Outcome state) {
    const auto one = attempt(work, state);
    BOOST_REQUIRE(site->deliveries().record({&one, 1}).ok());
}

Outcome message_outcome(Site& site) {
    return site.latest(1).front().outcome;
}

store::Unit ranked(const std::string& control_id, effects::Urgency urgency, std::string lanes) {
    std::replace(lanes.begin(), lanes.end(), '+', effects::key_separator);
    auto out = delivering(control_id, {}, lanes);
    out.effects.ordered_by_key = true;
    out.effects.deliveries.push_back({"orders/archive", {}, true, urgency});
    return out;
}

// The lanes say which they are.
std::vector<std::string> lanes_of(const Result<std::vector<store::DeliveryHead>>& heads) {
    BOOST_REQUIRE(heads.ok());
    std::vector<std::string> out;
    for (const auto& head : *heads) {
        out.push_back(head.lane + (head.urgent ? "!" : ""));
        std::replace(out.back().begin(), out.back().end(), effects::key_separator, '+');
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_deliveries)

STORE_TEST_CASE(deliveries_wait_in_the_order_they_arrived_page_by_page) {
    Site site;
    for (const auto* id : {"M1", "M2", "M3"}) site.commit(delivering(id, {"orders/archive", "orders/pacs"}));
    for (int life = 0; life < 2; ++life, site.reopen()) {
        const auto all = pending(site, "orders/archive");
        BOOST_REQUIRE_EQUAL(all.size(), 3u);
        BOOST_TEST(all[0].control_id == "M1");
        BOOST_TEST(all[2].control_id == "M3");
        const auto first = pending(site, "orders/archive", {}, 2);
        BOOST_REQUIRE_EQUAL(first.size(), 2u);
        const auto rest = pending(site, "orders/archive", first.back().id, 2);
        BOOST_REQUIRE_EQUAL(rest.size(), 1u);
        BOOST_TEST(rest[0].control_id == "M3");
        BOOST_TEST(pending(site, "orders/archive", rest.back().id).empty());
    }
    BOOST_TEST(pending(site, "orders/nothing").empty());
    BOOST_TEST(site->ledger().pending_deliveries().value() == 6);
}

STORE_TEST_CASE(urgent_deliveries_are_found_with_what_is_ahead_of_them) {
    using effects::Urgency;
    using Texts = std::vector<std::string>;
    Site site;
    const std::pair<const char*, Urgency> queue[] = {
        {"B", Urgency::ordinary}, {"C", Urgency::ordinary}, {"A", Urgency::ordinary}, {"A+B", Urgency::ordinary},
        {"B", Urgency::ordinary}, {"A", Urgency::urgent},   {"D+C", Urgency::urgent}, {"A", Urgency::ordinary}};
    int count = 0;
    for (const auto& [lanes, urgency] : queue) site.commit(ranked("M" + std::to_string(++count), urgency, lanes));
    auto& deliveries = site->deliveries();
    const auto all = deliveries.urgent("orders/archive", {}, 10);
    BOOST_TEST(lanes_of(all) == (Texts{"A!", "D+C!"}), boost::test_tools::per_element());
    BOOST_TEST(lanes_of(deliveries.urgent("orders/archive", all->front().id, 10)) == Texts{"D+C!"},
               boost::test_tools::per_element());
    BOOST_TEST(lanes_of(deliveries.urgent("orders/archive", {}, 1)) == Texts{"A!"}, boost::test_tools::per_element());
    BOOST_TEST(
        lanes_of(deliveries.with_those_ahead("orders/archive", *all, 9)) == (Texts{"B", "C", "A", "A+B", "A!", "D+C!"}),
        boost::test_tools::per_element());
    BOOST_TEST(lanes_of(deliveries.with_those_ahead("orders/archive", {all->back()}, 9)) == (Texts{"C", "D+C!"}),
               boost::test_tools::per_element());
    // Nothing of a destination that is stopped; what is done is not there.
    BOOST_REQUIRE(site->control().stop("orders/archive", "anna", "").ok());
    BOOST_TEST(deliveries.urgent("orders/archive", {}, 10)->empty());
    BOOST_REQUIRE(site->control().go_on("orders/archive").ok());
    const auto works = deliveries.load(std::vector<DeliveryId>{all->front().id});
    record(site, works->front(), Outcome::delivered);
    BOOST_TEST(lanes_of(deliveries.urgent("orders/archive", {}, 10)) == Texts{"D+C!"},
               boost::test_tools::per_element());
}

STORE_TEST_CASE(what_came_before_there_were_ranks_gets_one) {
    using effects::Urgency;
    Site site;
    for (const auto* lanes : {"A", "A+B", "B"}) site.commit(ranked(lanes, Urgency::unranked, lanes));
    site.commit(ranked("U", Urgency::urgent, "B"));
    auto& deliveries = site->deliveries();
    const auto urgent = deliveries.urgent("orders/archive", {}, 10);
    BOOST_TEST(deliveries.with_those_ahead("orders/archive", *urgent, 9)->size() == 1u);
    DeliveryId seen;
    int parts = 0;
    for (;; ++parts) {
        const auto done = deliveries.rank("orders/archive", seen, 3);
        BOOST_REQUIRE(done.ok());
        if (*done == seen) break;
        seen = *done;
    }
    BOOST_TEST(parts == 2);
    BOOST_TEST(deliveries.with_those_ahead("orders/archive", *urgent, 9)->size() == 4u);
    BOOST_TEST(site.one("SELECT count(*) FROM delivery WHERE priority = 0") == "0");
    BOOST_TEST(site.one("SELECT count(*) FROM delivery WHERE priority = 2") == "1");
}

// Whoever sends again what came long ago does not know whether its destination ranks by now.
STORE_TEST_CASE(what_a_person_sends_again_has_a_rank) {
    Site site;
    for (const auto* lanes : {"A", "A+B"}) site.commit(ranked(lanes, effects::Urgency::unranked, lanes));
    std::vector<DeliveryId> ids;
    for (const auto& work : pending(site, "orders/archive")) {
        record(site, work, Outcome::delivered);
        ids.push_back(work.id);
    }
    BOOST_REQUIRE(site->control().decide(ids, {store::Instruction::Action::again, "anna", ""}).ok());
    BOOST_TEST(site.one("SELECT min(priority) FROM delivery") == "1");
    BOOST_TEST(site.one("SELECT max(priority) FROM delivery") == "2");
}

STORE_TEST_CASE(a_delivery_carries_all_that_a_destination_needs) {
    Site site;
    auto message = delivering("M1", {"orders/archive"}, "lane 7");
    message.effects.deliveries.push_back({"orders/fhir", "its own payload", false});
    const auto done = site.commit(message);
    BOOST_TEST(outcome(done) == "pending");
    const auto raw = pending(site, "orders/archive").at(0), own = pending(site, "orders/fhir").at(0);
    BOOST_TEST(raw.payload == "content of M1");
    BOOST_TEST(own.payload == "its own payload");
    BOOST_TEST(raw.lane == "lane 7");
    BOOST_TEST(raw.channel == "orders");
    BOOST_TEST(raw.message_type == "ORM^O01");
    BOOST_TEST(raw.attempts == 0);
    BOOST_TEST(raw.message.value == done.outcome.message);
    BOOST_TEST(raw.received.micros == monday.micros);
}

STORE_TEST_CASE(a_failed_attempt_is_counted_and_waits) {
    Site site;
    site.commit(delivering("M1", {"orders/archive"}));
    record(site, pending(site, "orders/archive").at(0), Outcome::pending);
    const auto again = pending(site, "orders/archive").at(0);
    BOOST_TEST(again.attempts == 1);
    BOOST_TEST(again.next_attempt.micros == monday.micros + 1'000'000);
    BOOST_CHECK(message_outcome(site) == Outcome::pending);
    record(site, again, Outcome::delivered);
    BOOST_CHECK(message_outcome(site) == Outcome::delivered);
    const auto rows = site.rows("SELECT verdict, detail, finished - started FROM delivery_attempt ORDER BY id");
    BOOST_REQUIRE_EQUAL(rows.size(), 2u);
    BOOST_TEST(rows[0] == (std::vector<std::string>{"0", "what the receiver said", "5"}),
               boost::test_tools::per_element());
    BOOST_TEST(rows[1][0] == "1");
}

STORE_TEST_CASE(a_message_has_the_first_outcome_of_its_deliveries) {
    const struct {
        std::vector<Outcome> deliveries;
        Outcome message;
    } rows[] = {{{Outcome::delivered, Outcome::delivered}, Outcome::delivered},
                {{Outcome::delivered, Outcome::pending}, Outcome::pending},
                {{Outcome::pending, Outcome::held}, Outcome::held},
                {{Outcome::held, Outcome::delivered, Outcome::dead}, Outcome::dead},
                {{Outcome::dead, Outcome::in_doubt, Outcome::delivered}, Outcome::in_doubt},
                {{Outcome::in_doubt, Outcome::pending}, Outcome::in_doubt},
                {{Outcome::delivered, Outcome::dead}, Outcome::dead}};
    for (const auto& row : rows) {
        Site site;
        std::vector<std::string> destinations;
        for (std::size_t i = 0; i < row.deliveries.size(); ++i) destinations.push_back("orders/" + std::to_string(i));
        site.commit(delivering("M1", destinations));
        for (std::size_t i = 0; i < row.deliveries.size(); ++i)
            record(site, pending(site, destinations[i]).at(0), row.deliveries[i]);
        BOOST_TEST(to_text(message_outcome(site)) == to_text(row.message));
    }
}

STORE_TEST_CASE(what_is_settled_stays_settled) {
    Site site;
    site.commit(delivering("M1", {"orders/archive"}));
    const auto work = pending(site, "orders/archive").at(0);
    record(site, work, Outcome::delivered);
    record(site, work, Outcome::dead);
    BOOST_CHECK(message_outcome(site) == Outcome::delivered);
    BOOST_TEST(pending(site, "orders/archive").empty());
}

STORE_TEST_CASE(attempts_are_recorded_together) {
    Site site;
    for (const auto* id : {"M1", "M2", "M3"}) site.commit(delivering(id, {"orders/archive"}));
    std::vector<Deliveries::Attempt> attempts;
    for (const auto& work : pending(site, "orders/archive")) attempts.push_back(attempt(work, Outcome::delivered));
    BOOST_TEST(site->deliveries().record(attempts).ok());
    BOOST_TEST(site->ledger().pending_deliveries().value() == 0);
    const auto counts = site->ledger().counts().value();
    BOOST_REQUIRE_EQUAL(counts.size(), 1u);
    BOOST_CHECK(counts[0].outcome == Outcome::delivered);
    BOOST_TEST(counts[0].messages == 3);
}

STORE_TEST_CASE(a_duplicate_is_not_delivered_again) {
    Site site;
    site.commit(delivering("M1", {"orders/archive"}));
    BOOST_TEST(outcome(site.commit(delivering("M1", {"orders/archive"}))) == "duplicate");
    BOOST_TEST(pending(site, "orders/archive").size() == 1u);
}

STORE_TEST_CASE(what_began_is_known_until_it_is_recorded) {
    Site site;
    for (const auto* id : {"M1", "M2", "M3"})
        site.commit(delivering(id, {"orders/archive"}, std::string("lane ") + id));
    const auto all = pending(site, "orders/archive");
    const std::vector<DeliveryId> first{all[0].id, all[1].id};
    BOOST_REQUIRE(site->deliveries().begin(first, {monday.micros + 7}).ok());
    site.reopen();
    const auto begun = site->deliveries().heads("orders/archive", {}, 10);
    BOOST_REQUIRE(begun.ok());
    BOOST_REQUIRE_EQUAL(begun->size(), 3u);
    BOOST_TEST((*begun)[0].begun.micros == monday.micros + 7);
    BOOST_TEST((*begun)[1].lane == "lane M2");
    BOOST_TEST((*begun)[2].begun.micros == 0);
    auto doubt = attempt(all[0], Outcome::pending);
    doubt.kind = Deliveries::Attempt::Kind::doubtful;
    auto none = attempt(all[1], Outcome::pending);
    none.kind = Deliveries::Attempt::Kind::not_made;
    none.detail.clear();
    const std::vector<Deliveries::Attempt> both{doubt, none};
    BOOST_REQUIRE(site->deliveries().record(both).ok());
    const auto after = *site->deliveries().heads("orders/archive", {}, 10);
    BOOST_TEST(after[0].begun.micros == 0);
    BOOST_TEST(after[0].attempts == 1);
    BOOST_TEST(after[1].begun.micros == 0);
    BOOST_TEST(after[1].attempts == 0);
    const auto rows = site.rows("SELECT verdict FROM delivery_attempt");
    BOOST_REQUIRE_EQUAL(rows.size(), 1u);
    BOOST_TEST(rows[0][0] == "7");
    BOOST_CHECK(message_outcome(site) == Outcome::pending);
}

// After a COMMIT without an answer nobody knows whether it was kept.
STORE_TEST_CASE(an_attempt_with_its_number_is_recorded_once) {
    Site site;
    site.commit(delivering("M1", {"orders/archive"}));
    auto first = attempt(pending(site, "orders/archive").at(0), Outcome::pending);
    first.number = 1;
    for (int n = 0; n < 2; ++n) BOOST_REQUIRE(site->deliveries().record({&first, 1}).ok());
    BOOST_TEST(pending(site, "orders/archive").at(0).attempts == 1);
    auto second = attempt(pending(site, "orders/archive").at(0), Outcome::delivered);
    second.number = 2;
    for (int n = 0; n < 2; ++n) BOOST_REQUIRE(site->deliveries().record({&second, 1}).ok());
    BOOST_TEST(site.rows("SELECT count(*) FROM delivery_attempt").at(0).at(0) == "2");
    BOOST_TEST(site.rows("SELECT attempts FROM delivery").at(0).at(0) == "2");
    BOOST_CHECK(message_outcome(site) == Outcome::delivered);
}

STORE_TEST_CASE(nothing_made_keeps_the_last_reason_unless_it_has_one) {
    Site site;
    site.commit(delivering("M1", {"orders/archive"}));
    const auto work = pending(site, "orders/archive").at(0);
    record(site, work, Outcome::pending);
    const auto reason = [&] { return site.rows("SELECT last_error FROM delivery").at(0).at(0); };
    auto none = attempt(work, Outcome::pending);
    none.kind = Deliveries::Attempt::Kind::not_made;
    none.detail.clear();
    BOOST_REQUIRE(site->deliveries().record({&none, 1}).ok());
    BOOST_TEST(reason() == "what the receiver said");
    none.detail = "nobody is there";
    BOOST_REQUIRE(site->deliveries().record({&none, 1}).ok());
    BOOST_TEST(reason() == "nobody is there");
}

STORE_TEST_CASE(what_is_no_longer_pending_is_not_loaded_and_its_lane_is_known) {
    Site site;
    for (const auto* id : {"M1", "M2", "M3", "M4"})
        site.commit(delivering(id, {"orders/archive"}, std::string("lane ") + id));
    const auto all = pending(site, "orders/archive");
    record(site, all[0], Outcome::held);
    record(site, all[1], Outcome::dead);
    record(site, all[2], Outcome::in_doubt);
    const std::vector<DeliveryId> ids{all[3].id, all[0].id};
    const auto loaded = site->deliveries().load(ids);
    BOOST_REQUIRE(loaded.ok());
    BOOST_REQUIRE_EQUAL(loaded->size(), 1u);
    BOOST_TEST(loaded->at(0).payload == "content of M4");
    const auto lanes = site->deliveries().blocked_lanes("orders/archive");
    BOOST_REQUIRE(lanes.ok());
    BOOST_REQUIRE_EQUAL(lanes->size(), 2u);
    for (const auto& lane : *lanes)
        BOOST_TEST(
            (lane.lane == "lane M1" ? lane.first == all[0].id : lane.lane == "lane M3" && lane.first == all[2].id));
    BOOST_TEST(site->deliveries().blocked_lanes("orders/pacs")->empty());
}

STORE_TEST_CASE(what_a_person_held_is_finished_or_stays_held) {
    Site site;
    for (const auto* id : {"M1", "M2"}) site.commit(delivering(id, {"orders/archive"}));
    const auto all = pending(site, "orders/archive");
    site.rows("UPDATE delivery SET state = 5");
    record(site, all[0], Outcome::delivered);
    record(site, all[1], Outcome::pending);
    const auto rows = site.rows("SELECT state FROM delivery ORDER BY id");
    BOOST_TEST(rows[0][0] == "1");
    BOOST_TEST(rows[1][0] == "5");
}

BOOST_AUTO_TEST_SUITE_END()
