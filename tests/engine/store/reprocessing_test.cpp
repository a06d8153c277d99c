// Messages that a person puts through their channel once more.
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;
using effects::Outcome;

namespace {

store::Unit again(store::Unit unit, std::int64_t original, bool records = true) {
    unit.reprocessing = store::Reprocessing{{original}, "anna", "the mapping is mended", records};
    return unit;
}

store::Unit delivering(const std::string& control_id, const Order& what = {}) {
    auto out = order(control_id, what);
    out.effects.deliveries = {{"orders/archive", {}, true}};
    return out;
}

store::Unit rejected(const std::string& control_id) {
    auto out = order(control_id);
    out.effects.disposition = effects::Disposition::reject;
    out.effects.error = Error{ErrorCode::hl7_missing_segment, "PID", "PID"};
    return out;
}

std::int64_t difference(Site& site) {
    return site->ledger().sums()->difference();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_reprocessing)

STORE_TEST_CASE(what_was_refused_is_taken_and_the_ledger_says_how) {
    Site site;
    const auto first = site.commit(rejected("M1")).outcome.message;
    const auto done = site.commit(again(delivering("M1"), first));
    BOOST_TEST(outcome(done) == "pending");
    BOOST_TEST(done.durable);
    BOOST_TEST(site.accessions() == std::vector<std::string>{"A1"}, boost::test_tools::per_element());
    const auto original = site->messages().message({first});
    BOOST_REQUIRE(original.ok() && *original);
    BOOST_REQUIRE_EQUAL((*original)->reprocessed.size(), 1u);
    BOOST_TEST((*original)->reprocessed[0].message.value == done.outcome.message);
    BOOST_TEST(((*original)->message.outcome == Outcome::rejected));  // as its sender was told
    const auto made = site->messages().message({done.outcome.message});
    BOOST_REQUIRE((*made)->reprocessing.has_value());
    BOOST_TEST((*made)->reprocessing->original.value == first);
    BOOST_TEST((*made)->reprocessing->by == "anna");
    BOOST_TEST((*made)->reprocessing->reason == "the mapping is mended");
    // Its sender may still send it again: it is there.
    BOOST_TEST(outcome(site.commit(order("M1"))) == "duplicate");
    BOOST_TEST(difference(site) == 0);
}

STORE_TEST_CASE(what_was_taken_is_no_duplicate_and_leaves_once_more) {
    Site site;
    const auto first = site.commit(delivering("M1")).outcome.message;
    BOOST_TEST(outcome(site.commit(delivering("M1"))) == "duplicate");
    const auto done = site.commit(again(delivering("M1"), first));
    BOOST_TEST(outcome(done) == "pending");  // although it changes nothing
    BOOST_TEST(site->deliveries().pending("orders/archive", {}, 10)->size() == 2u);
    BOOST_TEST(outcome(site.commit(delivering("M1"))) == "duplicate");
    BOOST_TEST(difference(site) == 0);
}

STORE_TEST_CASE(what_a_later_message_has_said_stays) {
    Site site;
    const auto first = site.commit(order("M1")).outcome.message;
    site.commit(order("M2", {.event_time = "20261123083000", .name = "SMITH^JOAN"}));
    auto old = delivering("M1", {.event_time = "20261123090000", .name = "SMYTHE^JOHN"});
    const auto refused = site.commit(again(old, first));
    BOOST_TEST(outcome(refused) == "rejected: storage.overtaken");
    BOOST_TEST(site->deliveries().pending("orders/archive", {}, 10)->empty());
    const auto names = site->records().patients({}, 10);
    BOOST_REQUIRE_EQUAL(names->size(), 1u);
    BOOST_TEST(names->at(0).fields[effects::PatientField::name] == "SMITH^JOAN");
    // Only to deliver is possible, in the order of its patient.
    const auto sent = site.commit(again(old, first, false));
    BOOST_TEST(outcome(sent) == "pending");
    BOOST_TEST(site->records().patients({}, 10)->at(0).fields[effects::PatientField::name] == "SMITH^JOAN");
    const auto heads = site->deliveries().heads("orders/archive", {}, 10);
    BOOST_REQUIRE_EQUAL(heads->size(), 1u);
    BOOST_TEST(heads->at(0).lane == "patient " + std::to_string(names->at(0).id.value));
    BOOST_TEST(difference(site) == 0);
}

STORE_TEST_CASE(a_preview_says_it_all_and_leaves_nothing) {
    Site site;
    const auto first = site.commit(rejected("M1")).outcome.message;
    auto wanted = again(delivering("M1"), first);
    wanted.preview = true;
    // Beside others in one transaction.
    const auto done = site.commit({order("M2", {.placer = "P2", .patient = "2", .accession = "A2"}), wanted,
                                   order("M3", {.placer = "P3", .patient = "3", .accession = "A3"})});
    BOOST_TEST(outcome(done[1]) == "pending");
    BOOST_TEST(!done[1].durable);
    BOOST_TEST(done[1].patches.find("\"order\"") != std::string::npos, done[1].patches);
    BOOST_TEST(site.latest().size() == 3u);
    BOOST_TEST(site->deliveries().pending("orders/archive", {}, 10)->empty());
    BOOST_TEST(site.one("SELECT count(*) FROM reprocessing") == "0");
    BOOST_TEST(site.accessions() == (std::vector<std::string>{"A2", "A3"}), boost::test_tools::per_element());
    BOOST_TEST(difference(site) == 0);
}

STORE_TEST_CASE(what_was_held_for_its_own_error_needs_nobody_any_more) {
    Site site;
    auto held = order("M1");
    held.effects.disposition = effects::Disposition::reject;
    held.effects.error = Error{ErrorCode::order_ambiguous, {}, {}};
    const auto first = site.commit(held).outcome;
    BOOST_REQUIRE((first.outcome == Outcome::held));
    // Another failure leaves it.
    site.commit(again(rejected("M1"), first.message));
    BOOST_TEST(((*site->messages().message({first.message}))->message.outcome == Outcome::held));
    site.commit(again(order("M1"), first.message));
    BOOST_TEST(((*site->messages().message({first.message}))->message.outcome == Outcome::filtered));
    BOOST_TEST((*site->messages().message({first.message}))->reprocessed.size() == 2u);
    BOOST_TEST(difference(site) == 0);
    std::array<std::int64_t, effects::outcome_count> rows{};
    const auto counted = site->ledger().counts();
    for (const auto& row : *counted) rows.at(static_cast<std::size_t>(row.outcome)) = row.messages;
    BOOST_TEST(site->ledger().sums()->outcomes == rows, boost::test_tools::per_element());
}

// Its sender was told of the error by a delivery of its own.
STORE_TEST_CASE(what_was_held_and_answered_apart_needs_nobody_any_more) {
    Site site;
    auto held = order("M1");
    held.effects.disposition = effects::Disposition::reject;
    held.effects.error = Error{ErrorCode::order_ambiguous, {}, {}};
    held.answer_to = "orders/answers";
    held.answer = [](const auto&, Instant) { return std::string("MSA|AE"); };
    const auto first = site.commit(held).outcome;
    BOOST_REQUIRE((first.outcome == Outcome::held));
    BOOST_REQUIRE_EQUAL(site->deliveries().pending("orders/answers", {}, 10)->size(), 1u);
    site.commit(again(order("M1"), first.message));
    BOOST_TEST(((*site->messages().message({first.message}))->message.outcome == Outcome::filtered));
    BOOST_TEST(difference(site) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
