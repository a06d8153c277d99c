#include "engine/effects/record_history.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::effects;

BOOST_AUTO_TEST_SUITE(record_histories)

BOOST_AUTO_TEST_CASE(a_patient_has_its_values_and_numbers_back) {
    PatientRecord record;
    record.id = {1};
    record.last_change = 20;
    record.merged_into = {9};
    record.fields[PatientField::name] = "NEW";
    record.fields[PatientField::sex] = "F";
    record.identifiers = {{"3", "A", "MR"}};
    const std::vector<RecordChange> change{
        {RecordKind::patient, 2, false, 3, {{"sex", "M"}}},
        {RecordKind::patient,
         1,
         false,
         10,
         {{"name", "OLD"}, {"merged_into", "0"}, {"identifiers", "1^^^A^MR~2^^^B^PI"}, {"unheard_of", "x"}}}};
    BOOST_TEST(take_back(record, change).value() == 10);
    BOOST_TEST(record.last_change == 10);
    BOOST_TEST(record.fields[PatientField::name] == "OLD");
    BOOST_TEST(record.fields[PatientField::sex] == "F");
    BOOST_TEST(!record.merged_into);
    BOOST_TEST((record.identifiers == std::vector<Identifier>{{"1", "A", "MR"}, {"2", "B", "PI"}}));
}

BOOST_AUTO_TEST_CASE(steps_that_a_change_made_were_not_there_before) {
    OrderRecord record;
    record.id = {1};
    record.last_change = 20;
    record.patient = {5};
    record.ordered_by = {6};
    record.performed_by = {7};
    record.steps.resize(2);
    record.steps[0].id = {11}, record.steps[1].id = {12};
    record.steps[0].fields[StepField::status] = "COMPLETED";
    const std::vector<RecordChange> change{
        {RecordKind::order, 1, false, 10, {{"patient", "4"}, {"requesting_physician", "A^B"}}},
        {RecordKind::step, 11, false, 10, {{"status", "SCHEDULED"}}},
        {RecordKind::step, 12, true, 10, {{"status", ""}}}};
    BOOST_TEST(take_back(record, change).value() == 10);
    BOOST_REQUIRE(record.steps.size() == 1u);
    BOOST_TEST(record.steps[0].fields[StepField::status] == "SCHEDULED");
    BOOST_TEST(record.patient.value == 4);
    BOOST_TEST(!record.ordered_by);
    BOOST_TEST(record.performed_by.value == 7);
}

BOOST_AUTO_TEST_CASE(a_report_loses_what_came_with_the_change) {
    ReportRecord record;
    record.id = {1};
    record.last_change = 20;
    record.orders = {{5}, {6}};
    record.versions.resize(2);
    record.versions[0].id = 1, record.versions[0].change = 10;
    record.versions[1].id = 2, record.versions[1].change = 20;
    record.current_version = 2;
    const std::vector<RecordChange> change{{RecordKind::report, 1, false, 10, {{"orders", "5"}, {"status", "DRAFT"}}}};
    BOOST_TEST(take_back(record, change).value() == 10);
    BOOST_TEST((record.orders == std::vector<OrderId>{{5}}));
    BOOST_TEST(record.fields[ReportField::status] == "DRAFT");
    BOOST_REQUIRE(record.versions.size() == 1u);
    BOOST_TEST(record.versions[0].id == 1);
    BOOST_TEST(record.current_version != 2);
}

BOOST_AUTO_TEST_CASE(the_change_that_made_a_record_is_its_first) {
    PatientRecord record;
    record.id = {1};
    record.last_change = 20;
    const std::vector<RecordChange> made{{RecordKind::patient, 1, true, 0, {{"name", ""}}}};
    BOOST_TEST(take_back(record, made).value() == 0);
}

// A change log that somebody has damaged ends a history, and leads nowhere else.
BOOST_AUTO_TEST_CASE(what_is_no_chain_is_not_followed) {
    PatientRecord record;
    record.id = {1};
    record.last_change = 20;
    record.fields[PatientField::name] = "NOW";
    const std::vector<std::vector<RecordChange>> none{{},
                                                      {{RecordKind::order, 1, false, 10, {{"name", "x"}}}},
                                                      {{RecordKind::patient, 1, false, 20, {{"name", "x"}}}},
                                                      {{RecordKind::patient, 1, false, 30, {{"name", "x"}}}},
                                                      {{RecordKind::patient, 1, false, 0, {{"name", "x"}}}},
                                                      {{RecordKind::patient, 1, true, 10, {{"name", "x"}}}}};
    for (const auto& change : none) {
        BOOST_TEST(!take_back(record, change).has_value());
        BOOST_TEST(record.last_change == 20);
        BOOST_TEST(record.fields[PatientField::name] == "NOW");
    }
}

BOOST_AUTO_TEST_SUITE_END()
