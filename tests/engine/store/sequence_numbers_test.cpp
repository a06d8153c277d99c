#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;

namespace {

// A message of a sender that counts; what is answered about its number, and whether it was taken.
std::string send(Site& site, std::int64_t number, const std::string& sender = "HIS|HOSP", bool wrong = false) {
    static int serial = 0;
    auto message = unit("S" + std::to_string(++serial), {});
    message.sender = sender;
    message.number = number;
    if (number <= 0) message.effects.disposition = effects::Disposition::filter;
    if (wrong) {
        message.effects.disposition = effects::Disposition::reject;
        message.effects.error = Error{ErrorCode::patient_missing_identifier, {}, {}};
    }
    const auto done = site.commit(std::move(message)).outcome;
    const auto expected = done.expected_number ? std::to_string(*done.expected_number) : "none";
    return expected + (done.error ? " " + std::string(info(done.error->code).name) : "");
}

constexpr auto refused = " hl7.out_of_sequence";

}  // namespace

BOOST_AUTO_TEST_SUITE(store_sequence_numbers)

STORE_TEST_CASE(messages_are_taken_in_their_turn_through_a_restart) {
    Site site;
    BOOST_TEST(send(site, 0) == "-1");  // nothing is known: whatever comes first is the next one
    BOOST_TEST(send(site, 41) == "41");
    BOOST_TEST(send(site, 42) == "42");
    site.reopen();
    BOOST_TEST(send(site, 0) == "43");
    BOOST_TEST(send(site, 44) == std::string("43") + refused);
    BOOST_TEST(send(site, 42) == std::string("43") + refused);  // its acknowledgment was lost, and the sender sees it
    BOOST_TEST(send(site, 43) == "43");
}

STORE_TEST_CASE(a_sender_begins_anew_with_minus_one) {
    Site site;
    BOOST_TEST(send(site, 7) == "7");
    BOOST_TEST(send(site, -1) == "-1");
    site.reopen();
    BOOST_TEST(send(site, 0) == "-1");
    BOOST_TEST(send(site, 3) == "3");
    BOOST_TEST(send(site, 4) == "4");
}

STORE_TEST_CASE(senders_count_for_themselves) {
    Site site;
    BOOST_TEST(send(site, 7, "A") == "7");
    BOOST_TEST(send(site, 1, "B") == "1");
    BOOST_TEST(send(site, 8, "A") == "8");
    BOOST_TEST(send(site, 8, "B") == std::string("2") + refused);
}

STORE_TEST_CASE(a_number_is_used_up_by_content_that_is_refused) {
    Site site;
    BOOST_TEST(send(site, 7) == "7");
    BOOST_TEST(send(site, 8, "HIS|HOSP", true) == "8 patient.missing_identifier");
    BOOST_TEST(send(site, 9) == "9");
    BOOST_TEST(send(site, 12, "HIS|HOSP", true) == std::string("10") + refused);
}

STORE_TEST_CASE(several_of_one_batch_follow_each_other) {
    Site site;
    std::vector<store::Unit> units;
    for (const std::int64_t number : {5, 6, 6, 9, 7, 0}) {
        units.push_back(unit("B" + std::to_string(units.size()), {}));
        units.back().number = number;
        if (number == 0) units.back().effects.disposition = effects::Disposition::filter;
    }
    const auto done = site.commit(std::move(units));
    const std::vector<std::int64_t> expected{5, 6, 7, 7, 7, 8};
    for (std::size_t i = 0; i < done.size(); ++i) BOOST_TEST(done[i].outcome.expected_number.value() == expected[i]);
    BOOST_TEST(done[2].outcome.error.has_value());
    BOOST_TEST(done[3].outcome.error.has_value());
    BOOST_TEST(!done[4].outcome.error.has_value());
}

// What asks for the number is never answered from memory; what was taken is.
STORE_TEST_CASE(a_copy_is_a_duplicate_unless_it_only_asks) {
    Site site;
    const auto again = [&](const std::string& control_id, std::int64_t number) {
        auto message = unit(control_id, {});
        message.number = number;
        if (number == 0) message.effects.disposition = effects::Disposition::filter;
        return site.commit(std::move(message)).outcome;
    };
    BOOST_TEST(again("Q", 0).expected_number.value() == -1);
    BOOST_CHECK(again("M", 7).outcome == effects::Outcome::delivered);
    BOOST_TEST(again("Q", 0).expected_number.value() == 8);
    BOOST_CHECK(again("M", 7).outcome == effects::Outcome::duplicate);
    BOOST_TEST(again("Q", 0).expected_number.value() == 8);
}

STORE_TEST_CASE(deliveries_are_given_their_numbers_once_and_in_order) {
    Site site;
    std::vector<DeliveryId> ids;
    for (const auto* id : {"D1", "D2", "D3"}) {
        effects::Effects effects;
        effects.ordering_key = "K";
        effects.deliveries.push_back({"orders/ris", {}, true});
        site.commit(unit(id, std::move(effects)));
    }
    for (const auto& head : *site->deliveries().heads("orders/ris", {}, 10)) ids.push_back(head.id);
    const auto numbers = [&] {
        std::string out;
        for (const auto& work : *site->deliveries().load(ids)) out += std::to_string(work.number) + " ";
        return out;
    };
    const auto give = [&](std::size_t which) {
        BOOST_REQUIRE(site->deliveries().number("orders/ris", std::vector{ids[which]}).ok());
    };
    BOOST_TEST(numbers() == "0 0 0 ");
    give(0);
    give(0);
    site.reopen();
    give(0);
    give(1);
    BOOST_TEST(numbers() == "1 2 0 ");
    // The receiver expects another: this one and those after it go on with that.
    store::Deliveries::Attempt attempt;
    attempt.delivery = ids[1];
    attempt.state = effects::Outcome::pending;
    attempt.kind = store::Deliveries::Attempt::Kind::not_made;
    attempt.detail = "expects 41";
    attempt.next_number = 41;
    BOOST_REQUIRE(site->deliveries().record({&attempt, 1}).ok());
    BOOST_TEST(numbers() == "1 0 0 ");
    give(1);
    give(2);
    BOOST_TEST(numbers() == "1 41 42 ");
}

BOOST_AUTO_TEST_SUITE_END()
