#include "fhir/resources/coding_systems.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::fhir;

namespace {

std::string written(const CodedText& coded) {
    ResourceWriter out("Basic", "1");
    write_concept(out, "code", coded);
    auto text = std::move(out).finish();
    const auto from = text.find("\"code\":{");
    return from == std::string::npos ? std::string() : text.substr(from + 7, text.size() - from - 8);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(coding_systems)

BOOST_AUTO_TEST_CASE(designators_there_and_back) {
    for (const auto* scheme :
         {"DCM", "SCT", "LN", "UCUM", "RADLEX", "I10", "I10C", "I10P", "I9", "I9C", "I11", "C4", "HPC", "RXNORM",
          "HL70074", "1.2.276.0.76.5.1", "http://hospital.example/codes", "urn:hospital:codes"}) {
        BOOST_TEST(!system_of_scheme(scheme).empty(), scheme);
        BOOST_TEST(scheme_of_system(system_of_scheme(scheme)) == scheme);
    }
}

BOOST_AUTO_TEST_CASE(other_names_come_back_as_the_designator) {
    BOOST_TEST(scheme_of_system(system_of_scheme("LOINC")) == "LN");
    BOOST_TEST(scheme_of_system(system_of_scheme("SNOMED-CT")) == "SCT");
    BOOST_TEST(scheme_of_system(system_of_scheme("CPT4")) == "C4");
}

BOOST_AUTO_TEST_CASE(what_only_its_sender_knows) {
    for (const auto* scheme : {"", "L", "99LOCAL", "99ZZZ", "SRT", "HL7", "HL7007", "http://a b", "ABC",
                               "urn:oid:", "urn:uuid:1-2", "9.1", "1..2"})
        BOOST_TEST(system_of_scheme(scheme).empty(), scheme);
    BOOST_TEST(written({"X1", "99LOCAL", "Chest", "Chest X-ray"}) ==
               R"({"coding":[{"extension":[{"url":"urn:gantry:coding-scheme","valueString":"99LOCAL"}],"code":"X1",)"
               R"("display":"Chest"}],"text":"Chest X-ray"})");
}

BOOST_AUTO_TEST_CASE(without_a_code) {
    BOOST_TEST(written({}).empty());
    BOOST_TEST(written({" ", "LN", "\n", " "}).empty());
    BOOST_TEST(written({{}, {}, {}, "Chest"}) == R"({"text":"Chest"})");
    BOOST_TEST(written({{}, "LN", "Chest", {}}) ==
               R"({"coding":[{"extension":[{"url":"urn:gantry:coding-scheme","valueString":"LN"}],)"
               R"("display":"Chest"}]})");
}

BOOST_AUTO_TEST_CASE(a_code_has_single_blanks) {
    BOOST_TEST(written({"  A \t B\n", "DCM", {}, {}}) ==
               R"({"coding":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"A B"}]})");
}

BOOST_AUTO_TEST_SUITE_END()
