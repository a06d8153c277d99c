#include "engine/dicom/worklist_query.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/dicom/tags.hpp"

using namespace gantry::dicom;

namespace {

Dataset keys(std::vector<Element> root, std::vector<Dataset> steps) {
    root.push_back({tags::ScheduledProcedureStepSequence, "SQ", {}, std::move(steps)});
    return {std::move(root)};
}
Dataset step(Tag tag, std::string value) {
    return {{{tag, "CS", std::move(value), {}}}};
}

QueryReading read(const Dataset& from) {
    return read_query(from, {}, "20261123");
}

QueryReading read_dates(const std::string& value) {
    return read(keys({}, {step(tags::ScheduledProcedureStepStartDate, value)}));
}
QueryReading read_times(const std::string& value) {
    return read(keys({}, {step(tags::ScheduledProcedureStepStartTime, value)}));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(worklist_query)

BOOST_AUTO_TEST_CASE(reads_keys_of_the_step_and_of_the_root) {
    auto request = keys({{tags::PatientName, "PN", "SMITH*", {}}, {tags::AccessionNumber, "SH", " A1 ", {}}},
                        {step(tags::Modality, "CT\\ MR")});
    request.elements.push_back({tags::StudyInstanceUID, "UI", std::string("1.2\\1.3\0", 8), {}});
    const auto reading = read(request);
    BOOST_TEST(!reading.fault.has_value());
    BOOST_TEST(!reading.unsupported_key);
    BOOST_TEST(reading.query.patient_name == "SMITH*");
    BOOST_TEST(reading.query.accession_number == "A1");
    BOOST_TEST(reading.query.modalities == (std::vector<std::string>{"CT", "MR"}));
    BOOST_TEST(reading.query.study_instance_uids == (std::vector<std::string>{"1.2", "1.3"}));
    BOOST_TEST(reading.query.today == "20261123");
    BOOST_TEST(reading.query.at_most == 0u);
}

BOOST_AUTO_TEST_CASE(takes_keys_of_the_step_from_the_root) {
    const Dataset request{{{tags::Modality, "CS", "CT", {}},
                           {tags::ScheduledStationAETitle, "AE", "CT01 ", {}},
                           {tags::QueryRetrieveLevel, "CS", "STUDY", {}}}};
    const auto reading = read(request);
    BOOST_TEST(reading.query.modalities == std::vector<std::string>{"CT"});
    BOOST_TEST(reading.query.station_ae == "CT01");
    BOOST_TEST(!reading.unsupported_key);
}

BOOST_AUTO_TEST_CASE(a_star_alone_and_emptiness_are_universal) {
    const auto reading = read(keys({{tags::PatientName, "PN", "*", {}}}, {step(tags::Modality, "*")}));
    BOOST_TEST(reading.query.patient_name.empty());
    BOOST_TEST(reading.query.modalities.empty());
    BOOST_TEST(!read(keys({}, {})).fault.has_value());
    BOOST_TEST(!read(keys({}, {Dataset()})).fault.has_value());
    BOOST_TEST(!read({}).fault.has_value());
    BOOST_TEST(!read_dates("*").fault.has_value());
}

BOOST_AUTO_TEST_CASE(reads_dates_and_ranges) {
    const auto range = [](const std::string& value) {
        const auto reading = read_dates(value);
        return reading.fault ? "fault" : reading.query.date_from + "|" + reading.query.date_to;
    };
    BOOST_TEST(range("20261123") == "20261123|20261123");
    BOOST_TEST(range("20261123-20261130") == "20261123|20261130");
    BOOST_TEST(range(" 20261123 - ") == "20261123|");
    BOOST_TEST(range("-20261123") == "|20261123");
    BOOST_TEST(range("2026.11.23") == "20261123|20261123");
    BOOST_TEST(range("") == "|");
    for (const auto* bad :
         {"20261301", "20260230", "today", "2026112", "-", "20261123-20261124-20261125", "20261123-x"}) {
        BOOST_TEST(range(bad) == "fault", bad);
    }
}

BOOST_AUTO_TEST_CASE(reads_times_to_the_end_of_what_they_mean) {
    const auto range = [](const std::string& value) {
        const auto reading = read_times(value);
        return reading.fault ? "fault" : reading.query.time_from + "|" + reading.query.time_to;
    };
    BOOST_TEST(range("0930") == "093000|093059");
    BOOST_TEST(range("08-10") == "080000|105959");
    BOOST_TEST(range("080000.000-") == "080000|");
    BOOST_TEST(range("08:00:00-17:30:00") == "080000|173000");
    for (const auto* bad : {"8", "2500", "0960", "noon", "08000"}) BOOST_TEST(range(bad) == "fault", bad);
}

BOOST_AUTO_TEST_CASE(names_the_offending_element) {
    const auto reading = read_dates("tomorrow");
    BOOST_REQUIRE(reading.fault.has_value());
    BOOST_TEST((reading.fault->offending == tags::ScheduledProcedureStepStartDate));
    BOOST_TEST(reading.fault->comment.find("tomorrow") == std::string::npos);
    const auto two = read(keys({}, {step(tags::Modality, "CT"), step(tags::Modality, "MR")}));
    BOOST_REQUIRE(two.fault.has_value());
    BOOST_TEST((two.fault->offending == tags::ScheduledProcedureStepSequence));
}

BOOST_AUTO_TEST_CASE(reads_status_only_when_it_has_a_value) {
    BOOST_TEST(read(keys({}, {step(tags::ScheduledProcedureStepStatus, "")})).query.statuses.empty());
    BOOST_TEST(read(keys({}, {step(tags::ScheduledProcedureStepStatus, "STARTED")})).query.statuses ==
               std::vector<std::string>{"STARTED"});
}

BOOST_AUTO_TEST_CASE(says_that_a_key_was_not_used) {
    BOOST_TEST(read({{{tags::PatientState, "LO", "walking", {}}}}).unsupported_key);
    BOOST_TEST(!read({{{tags::PatientState, "LO", "", {}}}}).unsupported_key);
    BOOST_TEST(!read({{{tags::PregnancyStatus, "US", "0", {}}}}).unsupported_key);
    BOOST_TEST(read({{{tags::PregnancyStatus, "US", "3", {}}}}).unsupported_key);
}

BOOST_AUTO_TEST_CASE(treats_the_caller_as_configured) {
    CallingAe caller;
    caller.ae_title = "CT01";
    caller.limit_to_calling_ae = caller.separate_date_time = true;
    const auto reading = read_query({}, caller, "20261123");
    BOOST_TEST(reading.query.station_ae == "CT01");
    BOOST_TEST(!reading.query.combined_date_time);
    const Dataset other{{{tags::ScheduledStationAETitle, "AE", "CT02", {}}}};
    BOOST_TEST(read_query(other, caller, "20261123").query.station_ae == "CT02");
}

BOOST_AUTO_TEST_SUITE_END()
