#include "fhir/resources/code_pairs.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::fhir;
using gantry::effects::ReportField;

BOOST_AUTO_TEST_SUITE(code_pairs)

BOOST_AUTO_TEST_CASE(urgent_is_not_asap) {
    BOOST_TEST(fhir_code(priority_pairs(), "STAT") == "stat");
    BOOST_TEST(fhir_code(priority_pairs(), "URGENT") == "urgent");
    BOOST_TEST(fhir_code(priority_pairs(), "ROUTINE") == "routine");
    BOOST_TEST(fhir_code(priority_pairs(), "").empty());
    BOOST_TEST(record_code(priority_pairs(), "asap") == "URGENT");
    BOOST_TEST(record_code(priority_pairs(), "urgent") == "URGENT");
    BOOST_TEST(record_code(priority_pairs(), "ASAP").empty());
}

BOOST_AUTO_TEST_CASE(there_and_back) {
    for (const auto pairs : {gender_pairs(), priority_pairs()})
        for (const auto& pair : pairs) BOOST_TEST(record_code(pairs, fhir_code(pairs, pair.record)) == pair.record);
}

BOOST_AUTO_TEST_CASE(statuses_of_others) {
    BOOST_TEST(record_code(imaging_study_status_pairs(), "registered") == "SCHEDULED");
    BOOST_TEST(record_code(imaging_study_status_pairs(), "available") == "COMPLETED");
    BOOST_TEST(record_code(imaging_study_status_pairs(), "entered-in-error") == "CANCELLED");
    BOOST_TEST(record_code(imaging_study_status_pairs(), "unknown").empty());
    BOOST_TEST(record_code(report_status_pairs(), "registered") == "DRAFT");
    for (const auto* status : {"partial", "preliminary"})
        BOOST_TEST(record_code(report_status_pairs(), status) == "PRELIMINARY");
    for (const auto* status : {"amended", "corrected", "appended"})
        BOOST_TEST(record_code(report_status_pairs(), status) == "AMENDED");
    // Withdrawn, whatever the record says.
    for (const auto* status : {"cancelled", "entered-in-error", "unknown"})
        BOOST_TEST(record_code(report_status_pairs(), status).empty());
}

// Every status of the field table is in the table for it; a step that is SCHEDULED goes by its order.
BOOST_AUTO_TEST_CASE(no_status_is_forgotten) {
    using namespace gantry::effects;
    const auto all = [](RecordKind kind, auto field) {
        return field_table(kind)[static_cast<std::size_t>(field)].choices;
    };
    for (const auto status : all(RecordKind::order, OrderField::status))
        for (const auto pairs :
             {request_status_pairs(), imaging_study_status_pairs(), task_status_pairs(), appointment_status_pairs()})
            BOOST_TEST(!fhir_code(pairs, status).empty(), status);
    for (const auto status : all(RecordKind::step, StepField::status))
        BOOST_TEST(fhir_code(step_status_pairs(), status).empty() == (status == "SCHEDULED"), status);
    for (const auto status : all(RecordKind::report, ReportField::status))
        BOOST_TEST(!fhir_code(report_status_pairs(), status).empty(), status);
}

BOOST_AUTO_TEST_CASE(tables_of_hl7) {
    for (const auto* type : {"MR", "PI", "PT", "AN", "VN", "PLAC", "FILL", "ACSN"})
        BOOST_TEST(is_identifier_type(type), type);
    for (const auto* none : {"", "mr", "MRN", "ZZ"}) BOOST_TEST(!is_identifier_type(none), none);
    BOOST_TEST(is_diagnostic_service("RAD"));
    BOOST_TEST(!is_diagnostic_service("MG"));
}

BOOST_AUTO_TEST_CASE(sections_by_their_codes) {
    const auto field = [](std::string_view system, std::string_view code) {
        const auto* section = section_coded(system, code);
        return section ? section->field : ReportField::warnings;
    };
    const std::string_view loinc = "http://loinc.org", dcm = "http://dicom.nema.org/resources/ontology/DCM";
    for (const auto& section : report_sections()) {
        BOOST_TEST((field(loinc, section.loinc) == section.field));
        BOOST_TEST((field(dcm, section.dcm) == section.field));
    }
    BOOST_TEST((field(dcm, "121073") == ReportField::impression));
    BOOST_TEST((field(dcm, "121109") == ReportField::clinical_history));
    BOOST_TEST(section_coded(loinc, "121073") == nullptr);
    // Comparison with earlier studies, in spite of what it is often used for.
    BOOST_TEST(section_coded(loinc, "18834-2") == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
