// What case files (tests/scenario/order-table) do not show: generated values against each other, and what a refusal
// leaves behind.
#include "tests/engine/effects/memory_records.hpp"

namespace gantry::effects {
namespace {

OrderChange group(OrderAction action, const std::string& placer, const std::string& accession,
                  const std::string& time) {
    OrderChange out;
    out.action = action;
    out.reply_done = "OK";
    out.reply_unable = "UC";
    out.place = "ORC[1]";
    out.placer = {placer, "HIS"};
    out.event_time = time;
    out.fields.set(OrderField::procedure_code, "CTHEAD");
    out.fields.set(OrderField::accession_number, accession);
    out.steps.emplace_back().fields.set(StepField::modality, "CT");
    return out;
}

Effects message(std::vector<OrderChange> orders) {
    Effects out;
    out.patient.emplace();
    out.patient->identifiers = {{"1", "X", "MR"}};
    out.patient->fields.set(PatientField::name, "DOE^JANE");
    out.orders = std::move(orders);
    return out;
}

const OrderRecord& order_with(const MemoryRecords& records, const std::string& placer) {
    for (const auto& [id, order] : records.orders) {
        if (order.fields[OrderField::placer_number] == placer) return order;
    }
    throw std::runtime_error("no order " + placer);
}

BOOST_AUTO_TEST_SUITE(order_rules)

BOOST_AUTO_TEST_CASE(the_study_uid_is_a_name_of_the_procedure) {
    MemoryRecords one, other;
    for (auto* records : {&one, &other})
        BOOST_TEST(!records->apply(message({group(OrderAction::create, "P1", "A1", "1")})).refused);
    BOOST_TEST(order_with(one, "P1").fields[OrderField::study_instance_uid] ==
               order_with(other, "P1").fields[OrderField::study_instance_uid]);
}

BOOST_AUTO_TEST_CASE(an_accession_used_again_after_a_cancel_is_another_study) {
    MemoryRecords records;
    (void)records.apply(message({group(OrderAction::create, "P1", "A1", "1")}));
    (void)records.apply(message({group(OrderAction::cancel, "P1", "A1", "2")}));
    (void)records.apply(message({group(OrderAction::create, "P2", "A1", "3")}));
    BOOST_TEST(order_with(records, "P1").fields[OrderField::study_instance_uid] !=
               order_with(records, "P2").fields[OrderField::study_instance_uid]);
}

BOOST_AUTO_TEST_CASE(a_refusal_writes_nothing_and_names_its_group) {
    MemoryRecords records;
    (void)records.apply(message({group(OrderAction::create, "P1", "A1", "1")}));
    (void)records.apply(message({group(OrderAction::start, "P1", "A1", "2")}));
    auto second = group(OrderAction::cancel, "P1", "A1", "3");
    second.place = "ORC[2]";
    const auto plan = records.apply(message({group(OrderAction::create, "P2", "A2", "3"), second}));
    BOOST_REQUIRE(plan.refused.has_value());
    BOOST_TEST((plan.refused->code == ErrorCode::order_started));
    BOOST_TEST(plan.refused->place == "ORC[2]");
    BOOST_TEST((plan.orders.empty() && plan.patients.empty() && plan.patches.empty()));
    BOOST_REQUIRE_EQUAL(plan.records.size(), 1);
    BOOST_TEST(plan.records[0].reply == "UC");
    BOOST_TEST(plan.records[0].placer.number == "P1");
    BOOST_TEST(records.orders.size() == 1);
}

BOOST_AUTO_TEST_CASE(two_groups_of_one_procedure_are_one_order_with_two_steps) {
    MemoryRecords records;
    auto first = group(OrderAction::create, "P1", "A1", "1"), second = group(OrderAction::create, "P2", "A1", "1");
    for (auto* each : {&first, &second}) each->fields.set(OrderField::requested_procedure_id, "RP1");
    BOOST_TEST(!records.apply(message({first, second})).refused);
    BOOST_REQUIRE_EQUAL(records.orders.size(), 1);
    BOOST_TEST(order_with(records, "P1").steps.size() == 2);
    // Cancelling one of them leaves the other.
    BOOST_TEST(!records.apply(message({group(OrderAction::cancel, "P2", "A1", "2")})).refused);
    const auto& order = order_with(records, "P1");
    BOOST_TEST(order.fields[OrderField::status] != "CANCELLED");
    BOOST_TEST(order.steps[0].fields[StepField::status] == "SCHEDULED");
    BOOST_TEST(order.steps[1].fields[StepField::status] == "CANCELED");
}

BOOST_AUTO_TEST_CASE(numbers_that_point_at_two_orders_are_held) {
    MemoryRecords records;
    auto first = group(OrderAction::create, "P1", "A1", "1"), second = group(OrderAction::create, "P2", "A2", "1");
    second.filler = {"F2", "RIS"};
    second.fields.set(OrderField::filler_number, "F2");
    (void)records.apply(message({first, second}));
    auto both = group(OrderAction::cancel, "P1", "A1", "2");
    both.filler = {"F2", "RIS"};
    const auto plan = records.apply(message({both}));
    BOOST_REQUIRE(plan.refused.has_value());
    BOOST_TEST((info(plan.refused->code).then == Remedy::hold));
}

BOOST_AUTO_TEST_CASE(an_image_manager_makes_up_no_accession_number) {
    MemoryRecords records;
    OrderPolicy policy;
    policy.order_filler = false;
    const auto plan = records.apply(message({group(OrderAction::create, "P1", "", "1")}), policy);
    BOOST_REQUIRE(plan.refused.has_value());
    BOOST_TEST((plan.refused->code == ErrorCode::order_no_accession));
    BOOST_TEST(!records.apply(message({group(OrderAction::create, "P1", "", "1")})).refused);
    BOOST_TEST(order_with(records, "P1").fields[OrderField::accession_number].size() <= 16);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace gantry::effects
