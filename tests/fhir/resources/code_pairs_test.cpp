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
