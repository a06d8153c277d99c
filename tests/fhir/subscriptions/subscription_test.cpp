#include "fhir/subscriptions/subscription.hpp"

#include <boost/test/unit_test.hpp>

#include "fhir/json/json_reader.hpp"
#include "fhir/json/validation.hpp"

using namespace gantry;
using namespace gantry::fhir;

namespace {

const Zone utc("UTC");

std::string text(const std::string& criteria = "urn:gantry:topic:imaging-order", const std::string& filter = "",
                 const std::string& channel = "") {
    std::string out = R"({"resourceType":"Subscription","id":"9","status":"requested","reason":"test","criteria":")" +
                      criteria + "\"";
    if (!filter.empty())
        out +=
            R"(,"_criteria":{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/)"
            R"(backport-filter-criteria","valueString":")" +
            filter + "\"}]}";
    out += R"(,"channel":{"type":"rest-hook","endpoint":"https://ehr.example.org/hook")" + channel + "}}";
    return out;
}

SubscriptionReading read(const std::string& json) {
    const auto resource = r4::read_json(json);
    BOOST_REQUIRE_MESSAGE(resource.ok(), json);
    return read_subscription(*resource.resource, utc, {});
}

bool served(const std::string& json) {
    return read(json).problems.empty();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(subscriptions)

BOOST_AUTO_TEST_CASE(what_is_asked_is_understood) {
    const auto all = read(text(
        "urn:gantry:topic:imaging-report", "DiagnosticReport?patient=Patient/7,8&status=final",
        R"(,"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-heartbeat-period","valueUnsignedInt":60}])"
        R"(,"payload":"application/fhir+xml","_payload":{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content","valueCode":"full-resource"}]})"
        R"(,"header":["Authorization: Bearer x","X-Y:z"])"));
    for (const auto& problem : all.problems) BOOST_TEST(problem.diagnostics == "");
    const auto& terms = all.terms;
    BOOST_TEST(terms.topic->resource == "DiagnosticReport");
    BOOST_REQUIRE(terms.conditions.size() == 2u);
    BOOST_TEST(terms.conditions[0].values == (std::vector<std::string>{"7", "8"}), boost::test_tools::per_element());
    BOOST_TEST((terms.conditions[1].filter == Filter::status));
    BOOST_TEST((terms.content == PayloadContent::full_resource));
    BOOST_TEST((terms.format == Format::xml));
    BOOST_TEST(terms.heartbeat.count() == 60);
    BOOST_REQUIRE(terms.headers.size() == 2u);
    BOOST_TEST(terms.headers[0].second == "Bearer x");
    BOOST_TEST(terms.headers[1].second == "z");
    BOOST_TEST((read(text()).terms.content == PayloadContent::empty));
}

BOOST_AUTO_TEST_CASE(what_is_not_understood_is_a_problem) {
    BOOST_TEST(served(text()));
    BOOST_TEST(read(text("urn:gantry:topic:imaging-ordr")).problems.front().diagnostics.find("imaging-order\"?") !=
               std::string::npos);
    for (const auto* filter : {"pateint=1", "Patient?patient=1", "ServiceRequest?", "patient:missing=true"})
        BOOST_TEST(!served(text("urn:gantry:topic:imaging-order", filter)), filter);
    for (
        const auto* channel :
        {R"(,"header":["no colon"])", R"(,"header":["Host: x"])", R"(,"header":["content-LENGTH: 1"])",
         R"(,"header":["a b: c"])", R"(,"payload":"text/plain")",
         R"(,"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-timeout","valueUnsignedInt":0}])"})
        BOOST_TEST(!served(text("urn:gantry:topic:imaging-order", "", channel)), channel);
}

BOOST_AUTO_TEST_CASE(what_is_answered_has_no_secrets_and_is_valid) {
    const auto resource = r4::read_json(text("urn:gantry:topic:imaging-order", "status=active",
                                             R"(,"header":["Authorization: Bearer secret","X: y"])"));
    const auto document = stored_document(*resource.resource);
    BOOST_TEST(document.find("\"id\":\"9\"") == std::string::npos);
    const auto shown = subscription_json({7, 3, {1'795'424'400'000'000}, "error", "it did not answer", document});
    BOOST_TEST(shown.find("secret") == std::string::npos);
    BOOST_TEST(shown.find("\"versionId\":\"3\"") != std::string::npos);
    BOOST_TEST(shown.find("\"status\":\"error\"") != std::string::npos);
    const auto read_back = r4::read_json(shown);
    BOOST_REQUIRE(read_back.ok());
    BOOST_TEST(r4::acceptable(r4::validate(*read_back.resource)));
    // What is stored says the same when it is read again.
    const auto again = r4::read_json(document);
    BOOST_TEST(read_subscription(*again.resource, utc, {}).terms.headers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(all_conditions_hold_and_any_value) {
    SubscriptionTerms terms;
    const EventFacts facts{7, "active", {"A1", "A2"}, {"CT", "CT"}};
    BOOST_TEST(is_wanted(terms, facts));
    terms.conditions = {{Filter::patient, {"7"}}, {Filter::modality, {"MR", "CT"}}, {Filter::accession, {"A2"}}};
    BOOST_TEST(is_wanted(terms, facts));
    terms.conditions.push_back({Filter::status, {"completed"}});
    BOOST_TEST(!is_wanted(terms, facts));
    terms.conditions = {{Filter::patient, {}}};
    BOOST_TEST(!is_wanted(terms, facts));
}

BOOST_AUTO_TEST_SUITE_END()
