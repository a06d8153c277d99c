#include "fhir/json/json_writer.hpp"

#include <boost/test/unit_test.hpp>

#include "fhir/json/json_reader.hpp"
#include "fhir/json/xml_writer.hpp"

using namespace gantry::fhir::r4;

namespace {

const std::string whole =
    R"({"resourceType":"Patient","id":"p","meta":{"versionId":"3"},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},)"
    R"("extension":[{"url":"u","valueCode":"c"}],"active":true,"name":[{"family":"M","_family":{"id":"f"}}],"maritalStatus":{"text":"m"},)"
    R"("contact":[{"name":{"text":"x"},"gender":"male"}]})";
const std::string subsetted =
    R"({"versionId":"3","tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}]})";

Resource read(const std::string& text) {
    auto outcome = read_json(text);
    BOOST_REQUIRE_MESSAGE(outcome.ok(), text);
    return std::move(*outcome.resource);
}

WriteOptions with(Summary summary, std::vector<std::string> elements = {}) {
    WriteOptions options;
    options.summary = summary;
    options.elements = std::move(elements);
    return options;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_writer)

BOOST_AUTO_TEST_CASE(the_same_bytes_every_time) {
    const auto patient = read(whole);
    BOOST_TEST(write_json(patient) == whole);
    BOOST_TEST(write_json(patient) == write_json(patient.clone()));
}

BOOST_AUTO_TEST_CASE(pretty) {
    WriteOptions options;
    options.pretty = true;
    BOOST_TEST(write_json(read(R"({"resourceType":"Patient","name":[{"given":["a"]}]})"), options) == R"({
  "resourceType": "Patient",
  "name": [
    {
      "given": [
        "a"
      ]
    }
  ]
})");
}

BOOST_AUTO_TEST_CASE(summaries) {
    const auto patient = read(whole);
    const std::string begin = R"({"resourceType":"Patient","id":"p","meta":)" + subsetted;
    BOOST_TEST(write_json(patient, with(Summary::yes)) ==
               begin + R"(,"active":true,"name":[{"family":"M","_family":{"id":"f"}}]})");
    BOOST_TEST(write_json(patient, with(Summary::text)) ==
               begin +
                   R"(,"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"}})");
    const auto data = write_json(patient, with(Summary::data));
    BOOST_TEST(data.find("\"text\":{\"status\"") == std::string::npos);
    BOOST_TEST(data.find("\"maritalStatus\":{\"text\":\"m\"}") != std::string::npos);
    // What is asked for is not changed.
    BOOST_TEST(write_json(patient) == whole);
}

BOOST_AUTO_TEST_CASE(mandatory_elements_are_in_every_summary) {
    const auto study =
        read(R"({"resourceType":"ImagingStudy","status":"available","subject":{"display":"x"},"note":[{"text":"n"}]})");
    const auto text = write_json(study, with(Summary::text));
    BOOST_TEST(text.find("\"status\":\"available\",\"subject\":{\"display\":\"x\"}") != std::string::npos);
    BOOST_TEST(text.find("note") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(elements) {
    const auto patient = read(whole);
    BOOST_TEST(write_json(patient, with(Summary::all, {"maritalStatus", "nothing"})) ==
               R"({"resourceType":"Patient","id":"p","meta":)" + subsetted +
                   R"(,"active":true,"maritalStatus":{"text":"m"}})");
    const auto observation =
        read(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1}})");
    BOOST_TEST(write_json(observation, with(Summary::all, {"value"})).find("valueQuantity") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_subset_is_marked_once) {
    const auto marked = write_json(read(whole), with(Summary::yes));
    BOOST_TEST(write_json(read(marked), with(Summary::yes)) == marked);
}

BOOST_AUTO_TEST_CASE(xml_has_the_same_subsets) {
    const auto xml = write_xml(read(whole), with(Summary::text));
    BOOST_TEST(xml.find("<code value=\"SUBSETTED\"/>") != std::string::npos);
    BOOST_TEST(xml.find("<active") == std::string::npos);
    BOOST_TEST(xml.find("<div xmlns") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(one_resource_out_of_another) {
    const auto bundle = read(
        R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"1","active":true}}]})");
    const auto inner = bundle["entry"]["resource"];
    BOOST_TEST(write_json(inner) == R"({"resourceType":"Patient","id":"1","active":true})");
    BOOST_TEST(
        write_xml(inner) ==
        R"(<?xml version="1.0" encoding="UTF-8"?><Patient xmlns="http://hl7.org/fhir"><id value="1"/><active value="true"/></Patient>)");
    BOOST_TEST(write_json(inner, with(Summary::all, {"gender"})).find("\"active\":true") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
