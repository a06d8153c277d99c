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

BOOST_AUTO_TEST_SUITE_END()
