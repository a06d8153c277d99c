#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;
using effects::OrderAction;
using effects::OrderField;
using effects::PatientField;

namespace {

std::string count(Site& site, const std::string& table) {
    return site.one("SELECT count(*) FROM \"" + table + "\"");
}

// Every message has exactly one outcome.
void check_sum(Site& site, std::int64_t received) {
    const auto counts = site->ledger().counts();
    BOOST_REQUIRE(counts.ok());
    std::int64_t sum = 0;
    for (const auto& one : *counts) sum += one.messages;
    BOOST_TEST(sum == received);
}

store::Unit two_patients_at_once(const std::string& control_id) {
    auto both = effects_of({});
    both.patient->identifiers = {identifier("100001"), identifier("100002")};
    return unit(control_id, std::move(both));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_intake)

STORE_TEST_CASE(an_order_is_there_again_with_everything_that_belongs_to_it) {
    Site site;
    const auto done = site.commit(order("M1"));
    BOOST_TEST(outcome(done) == "delivered");
    BOOST_TEST(done.durable);
    BOOST_TEST(done.reply == "M1|delivered|" + std::to_string(done.outcome.message));
    BOOST_REQUIRE_EQUAL(done.outcome.records.size(), 2u);
    for (int life = 0; life < 2; ++life, site.reopen()) {
        const auto shown = site.worklist();
        BOOST_REQUIRE_EQUAL(shown.size(), 1u);
        BOOST_TEST(shown[0].patient_fields[PatientField::name] == "SMITH^JOHN");
        BOOST_TEST(shown[0].order_fields[OrderField::accession_number] == "A1");
        BOOST_TEST(shown[0].order_fields[OrderField::placer_number] == "P1");
        BOOST_TEST(shown[0].step_fields[effects::StepField::modality] == "CT");
        BOOST_REQUIRE_EQUAL(shown[0].identifiers.size(), 1u);
        BOOST_CHECK(shown[0].identifiers[0] == identifier("100001"));
        const auto messages = site.latest();
        BOOST_REQUIRE_EQUAL(messages.size(), 1u);
        BOOST_TEST(messages[0].content == "content of M1");
        BOOST_TEST(messages[0].reply == done.reply);
        BOOST_TEST(messages[0].control_id == "M1");
        BOOST_TEST(messages[0].received.micros == monday.micros);
    }
}

STORE_TEST_CASE(bytes_come_back_as_they_came) {
    Site site;
    std::string bytes("\0\xff\x0b quote ' and \"", 17);
    site.commit(unit("M1", effects_of({}), bytes));
    BOOST_CHECK(site.latest().front().content == bytes);
}

STORE_TEST_CASE(a_duplicate_gets_the_first_answer_and_has_no_second_effect) {
    Site site;
    const auto first = site.commit(order("M1"));
    site.clock.set({monday.micros + 1'000'000});
    site.reopen();
    const auto again = site.commit(order("M1"));
    BOOST_TEST(outcome(again) == "duplicate");
    BOOST_TEST(again.reply == first.reply);
    BOOST_TEST(again.durable);
    BOOST_CHECK(again.outcome.message != first.outcome.message);
    BOOST_TEST(count(site, "change_log") == "1");
    BOOST_TEST(count(site, "imaging_study") == "1");
    BOOST_TEST(site.one("SELECT duplicate_of FROM message ORDER BY id DESC LIMIT 1") ==
               std::to_string(first.outcome.message));
    check_sum(site, 2);
}

STORE_TEST_CASE(copies_in_one_batch_are_duplicates_too) {
    Site site;
    const auto done = site.commit({order("M1"), order("M1"), order("M1")});
    BOOST_TEST(outcome(done[0]) == "delivered");
    BOOST_TEST(outcome(done[1]) == "duplicate");
    BOOST_TEST(outcome(done[2]) == "duplicate");
    BOOST_TEST(done[2].reply == done[0].reply);
    check_sum(site, 3);
}

STORE_TEST_CASE(what_differs_in_content_sender_or_id_is_no_duplicate) {
    Site site;
    site.commit(order("M1"));
    auto other_sender = order("M1");
    other_sender.sender = "HIS2|HOSP";
    auto anonymous = order("", {}), anonymous_again = order("", {});
    for (auto& message :
         {unit("M1", effects_of({}), "other content"), order("M2"), other_sender, anonymous, anonymous_again})
        BOOST_TEST(outcome(site.commit(message)) == "delivered");
    check_sum(site, 6);
}

STORE_TEST_CASE(after_the_window_a_copy_is_a_new_message_and_can_have_duplicates) {
    store::StoreOptions options;
    options.duplicate_window = std::chrono::seconds(60);
    Site site(options);
    const auto first = site.commit(order("M1"));
    site.clock.set({monday.micros + 60'000'000});
    BOOST_TEST(outcome(site.commit(order("M1"))) == "duplicate");
    site.clock.set({monday.micros + 60'000'001});
    auto late = order("M1");
    late.received = site.clock.now();
    const auto second = site.commit(late);
    BOOST_TEST(outcome(second) == "delivered");
    BOOST_CHECK(second.reply != first.reply);
    const auto third = site.commit(late);
    BOOST_TEST(outcome(third) == "duplicate");
    BOOST_TEST(third.reply == second.reply);
}

STORE_TEST_CASE(a_rejected_message_may_be_sent_again) {
    Site site;
    effects::Effects broken;
    broken.disposition = effects::Disposition::reject;
    broken.error = Error{ErrorCode::hl7_missing_field, "PID-3", "PID-3"};
    const auto first = site.commit(unit("M1", broken));
    BOOST_TEST(outcome(first) == "rejected: hl7.missing_field");
    BOOST_TEST(first.durable);
    BOOST_TEST(site.latest().front().error == "hl7.missing_field");
    BOOST_TEST(outcome(site.commit(unit("M1", effects_of({})))) == "delivered");
    check_sum(site, 2);
}

STORE_TEST_CASE(a_filtered_message_is_kept_and_recognised) {
    Site site;
    effects::Effects filtered;
    filtered.disposition = effects::Disposition::filter;
    filtered.filtered_by = "for radiology";
    const auto done = site.commit(unit("M1", filtered));
    BOOST_TEST(outcome(done) == "filtered");
    BOOST_TEST(done.outcome.filtered_by == "for radiology");
    BOOST_TEST(site.latest().front().error == "");
    BOOST_TEST(site.latest().front().error_detail == "for radiology");
    BOOST_TEST(outcome(site.commit(unit("M1", filtered))) == "duplicate");
}

STORE_TEST_CASE(what_a_person_must_decide_is_held_without_any_effect) {
    Site site;
    site.commit({order("M1"), order("M2", {"P2", "100002", "A2"})});
    auto held = two_patients_at_once("M3");
    held.effects.deliveries.push_back({"orders/archive", {}, true});
    BOOST_TEST(outcome(site.commit(held)) == "held: patient.ambiguous");
    BOOST_TEST(count(site, "change_log") == "2");
    BOOST_TEST(count(site, "delivery") == "0");
    BOOST_TEST(site.latest().front().content == "content of M3");
    BOOST_CHECK(site.latest().front().outcome == effects::Outcome::held);
}

STORE_TEST_CASE(units_of_a_batch_see_those_before_them) {
    Site site;
    Order cancel;
    cancel.action = OrderAction::cancel;
    cancel.event_time = "20261123081000";
    const auto done = site.commit(
        {order("M1"), order("M2", cancel), order("M3", {"P2", "100001", "A2"}), unit("M4", merge("100001", "100009"))});
    for (const auto& one : done) BOOST_TEST(outcome(one) == "delivered");
    const auto shown = site.worklist();
    BOOST_REQUIRE_EQUAL(shown.size(), 1u);
    BOOST_TEST(shown[0].order_fields[OrderField::accession_number] == "A2");
    BOOST_CHECK(shown[0].identifiers.at(0) == identifier("100009"));
    BOOST_TEST(count(site, "patient") == "2");
}

STORE_TEST_CASE(a_refused_unit_leaves_the_rest_of_its_batch_alone) {
    Site site;
    Order unknown{"P9", "100009", "A9"};
    unknown.action = OrderAction::hold;
    const auto done = site.commit({order("M1"), order("M2", unknown), order("M3", {"P3", "100003", "A3"})});
    BOOST_TEST(outcome(done[0]) == "delivered");
    BOOST_TEST(outcome(done[1]) == "rejected: order.unknown");
    BOOST_TEST(outcome(done[2]) == "delivered");
    // All of one unit or nothing: its patient is not there either.
    BOOST_TEST(count(site, "patient") == "2");
    BOOST_TEST(site.accessions() == (std::vector<std::string>{"A1", "A3"}), boost::test_tools::per_element());
    check_sum(site, 3);
}

STORE_TEST_CASE(an_empty_batch_is_nothing) {
    Site site;
    BOOST_TEST(site.commit(std::vector<store::Unit>{}).empty());
    BOOST_TEST(count(site, "message") == "0");
}

BOOST_AUTO_TEST_SUITE_END()
