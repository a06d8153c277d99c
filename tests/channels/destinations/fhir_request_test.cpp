#include "channels/destinations/fhir_request.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::channels;
using Options = FhirDestinationOptions;

namespace {

Options creating() {
    Options out;
    out.interaction = Options::Interaction::create;
    return out;
}

// "PUT /Patient?identifier=…", "POST /Patient if none …", with " once" when it cannot be made twice; or why not.
std::string asked(const std::string& payload, const Options& options = {}) {
    const auto request = fhir_request(payload, options);
    if (!request) return request.error().detail;
    return request->method + " " + request->target +
           (request->if_none_exist.empty() ? "" : " if none " + request->if_none_exist) +
           (request->repeatable ? "" : " once");
}

const std::string patient = R"({"resourceType": "Patient", "identifier": [
    {"use": "old"}, {"system": "urn:oid:1.2", "value": "47|11"}, {"system": "http://a/b", "value": "x y"}]})";

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_fhir_request)

BOOST_AUTO_TEST_CASE(a_resource_is_known_by_its_identifier) {
    BOOST_TEST(asked(patient) == "PUT /Patient?identifier=urn%3Aoid%3A1.2%7C47%5C%7C11");
    BOOST_TEST(asked(patient, creating()) == "POST /Patient if none identifier=urn%3Aoid%3A1.2%7C47%5C%7C11");
    Options other;
    other.identifier_system = "http://a/b";
    BOOST_TEST(asked(patient, other) == "PUT /Patient?identifier=http%3A%2F%2Fa%2Fb%7Cx%20y");
    BOOST_TEST(asked(R"({"resourceType": "Composition", "identifier": {"value": "7&b\u00fc"}})") ==
               "PUT /Composition?identifier=7%26b%C3%BC");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_known_is_not_sent) {
    Options other;
    other.identifier_system = "urn:oid:9";
    const std::string unknown = "the resource has no identifier that it could be known by";
    BOOST_TEST(asked(patient, other) == unknown);
    BOOST_TEST(asked(R"({"resourceType": "Patient"})") == unknown);
    BOOST_TEST(asked(R"({"resourceType": "Patient", "identifier": [{"system": "a"}]})") == unknown);
    BOOST_TEST(asked(R"({"resourceType": "Patient", "identifier": "4711"})") == unknown);
}

BOOST_AUTO_TEST_CASE(what_is_no_resource_is_not_sent) {
    for (const auto* text : {"", "MSH|^~\\&|", "[]", "4711", "<Patient/>", "{"})
        BOOST_TEST(asked(text) == "the message is not a FHIR resource in JSON");
    for (const auto* text : {"{}", R"({"resourceType": 1})", R"({"resourceType": "../Patient"})",
                             R"({"resourceType": "patient"})", R"({"resourceType": "Pat\r\nX: y"})"})
        BOOST_TEST(asked(text) == "the message has no resourceType");
}

BOOST_AUTO_TEST_CASE(a_transaction_can_be_made_twice_when_each_of_its_entries_can) {
    const auto bundle = [](const std::string& entries, const std::string& type = "transaction") {
        return R"({"resourceType": "Bundle", "type": ")" + type + R"(", "entry": [)" + entries + "]}";
    };
    const std::string put = R"({"request": {"method": "PUT", "url": "Patient?identifier=1"}})";
    const std::string post = R"({"request": {"method": "POST", "url": "Observation"}})";
    const std::string conditional =
        R"({"request": {"method": "POST", "url": "Observation", "ifNoneExist": "identifier=2"}})";
    BOOST_TEST(asked(bundle(put)) == "POST ");
    BOOST_TEST(asked(bundle(put + "," + conditional)) == "POST ");
    BOOST_TEST(asked(bundle(put + "," + post)) == "POST  once");
    BOOST_TEST(asked(bundle("{}")) == "POST  once");
    BOOST_TEST(asked(bundle(put, "batch")).find("when its type is transaction") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
