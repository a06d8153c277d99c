// What no message can ask for (the undo of a merge), and what a plan must tell the store about numbers that change
// hands. Everything else: tests/scenario/adt-table.
#include "tests/engine/effects/memory_records.hpp"

namespace gantry::effects {
namespace {

const Identifier a{"A", "X", "MR"}, b{"B", "X", "MR"}, c{"C", "X", "MR"};

Effects patient(const std::vector<Identifier>& identifiers) {
    Effects out;
    out.patient.emplace();
    out.patient->identifiers = identifiers;
    out.patient->from_adt = true;
    out.patient->fields.set(PatientField::name, "NAME^" + identifiers.front().value);
    return out;
}

Effects order_of(const Identifier& who, const std::string& placer) {
    auto out = patient({who});
    auto& order = out.orders.emplace_back();
    order.action = OrderAction::create;
    order.placer = {placer, "HIS"};
    order.fields.set(OrderField::accession_number, "ACC" + placer);
    order.steps.emplace_back().fields.set(StepField::modality, "CT");
    return out;
}

Effects pair(const Identifier& prior, const Identifier& survivor, PatientMerge::Of of = PatientMerge::Of::patient) {
    Effects out;
    out.merges.push_back({prior, survivor, of, {}, {}, "MRG[1]"});
    return out;
}
Effects undo(const Identifier& prior) {
    return pair(prior, {}, PatientMerge::Of::undo);
}

// The name of the patient whom the order belongs to.
std::string owner(MemoryRecords& records, const std::string& placer) {
    for (const auto& [id, order] : records.orders) {
        if (order.fields[OrderField::placer_number] == placer)
            return records.patients.at(order.patient.value).fields[PatientField::name];
    }
    return "nobody";
}

struct ThreePatients {
    MemoryRecords records;
    ThreePatients() {
        (void)records.apply(order_of(a, "P1"));
        (void)records.apply(order_of(b, "P2"));
        (void)records.apply(order_of(c, "P3"));
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(identity_rules)

BOOST_FIXTURE_TEST_CASE(an_undone_merge_gives_back_what_it_took_and_nothing_else, ThreePatients) {
    (void)records.apply(pair(b, a));
    BOOST_TEST(owner(records, "P2") == "NAME^A");
    (void)records.apply(undo(b));
    BOOST_TEST(owner(records, "P1") == "NAME^A");
    BOOST_TEST(owner(records, "P2") == "NAME^B");
    (void)records.apply(order_of(b, "P4"));
    BOOST_TEST(owner(records, "P4") == "NAME^B");
    for (const auto& [id, order] : records.orders) BOOST_TEST(order.fields[OrderField::moved_from].empty());
}

BOOST_FIXTURE_TEST_CASE(of_two_merges_the_later_one_can_be_undone_alone, ThreePatients) {
    (void)records.apply(pair(a, b));
    (void)records.apply(pair(b, c));
    for (const auto* placer : {"P1", "P2", "P3"}) BOOST_TEST(owner(records, placer) == "NAME^C");
    (void)records.apply(undo(b));
    BOOST_TEST(owner(records, "P1") == "NAME^B");
    BOOST_TEST(owner(records, "P2") == "NAME^B");
    BOOST_TEST(owner(records, "P3") == "NAME^C");
    (void)records.apply(undo(a));
    BOOST_TEST(owner(records, "P1") == "NAME^A");
    BOOST_TEST(owner(records, "P2") == "NAME^B");
}

BOOST_FIXTURE_TEST_CASE(of_two_merges_the_earlier_one_can_be_undone_alone, ThreePatients) {
    (void)records.apply(pair(a, b));
    (void)records.apply(pair(b, c));
    (void)records.apply(undo(a));
    BOOST_TEST(owner(records, "P1") == "NAME^A");
    BOOST_TEST(owner(records, "P2") == "NAME^C");
    BOOST_TEST(owner(records, "P3") == "NAME^C");
}

BOOST_FIXTURE_TEST_CASE(what_was_not_merged_is_not_undone, ThreePatients) {
    const auto plan = records.apply(undo(b));
    BOOST_TEST(!plan.refused);
    BOOST_TEST((plan.records.front().what == RecordOutcome::What::unchanged));
    BOOST_TEST(plan.patients.empty());
}

BOOST_AUTO_TEST_CASE(a_number_that_changes_hands_is_a_row_replaced) {
    MemoryRecords records;
    (void)records.apply(patient({a, c}));
    (void)records.apply(patient({b}));
    const auto plan = records.apply(pair(c, b, PatientMerge::Of::identifier));
    BOOST_TEST(!plan.refused);
    BOOST_REQUIRE_EQUAL(plan.patients.size(), 2);
    const auto& loser = plan.patients.front();
    BOOST_TEST(loser.refiled);
    BOOST_TEST((loser.after.identifiers == std::vector{a}));
    BOOST_TEST((loser.new_identifiers == loser.after.identifiers));
    BOOST_TEST((plan.patients.back().after.identifiers == std::vector{b, c}));
    BOOST_TEST(plan.patches.size() == 2);
    // Nothing is left to say who that patient is.
    BOOST_TEST(records.apply(pair(a, b, PatientMerge::Of::identifier)).refused.has_value());
}

BOOST_AUTO_TEST_CASE(a_new_number_is_the_one_a_patient_is_filed_under) {
    MemoryRecords records;
    const Identifier other{"77", "CLINIC", "MR"}, fresh{"N", "X", "MR"};
    (void)records.apply(patient({a, other}));
    (void)records.apply(pair(a, fresh, PatientMerge::Of::new_identifier));
    BOOST_TEST((records.patients.begin()->second.identifiers == std::vector{fresh, other}));
    const auto later = records.apply(order_of(a, "P1"));
    BOOST_TEST(!later.warnings.empty());
    BOOST_TEST(owner(records, "P1") == "NAME^A");
    BOOST_TEST(records.patients.size() == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::effects
