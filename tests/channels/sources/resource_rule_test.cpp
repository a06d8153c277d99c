#include "channels/sources/resource_rule.hpp"

#include <boost/test/unit_test.hpp>

#include "fhir/json/json_reader.hpp"

using namespace gantry;
using channels::ResourceRule;

namespace {

constexpr auto request =
    R"({"resourceType": "ServiceRequest", "status": "active", "intent": "order", "priority": "stat",
    "category": [{"coding": [{"code": "A"}]}, {"coding": [{"code": "B"}, {"code": "C"}]}],
    "subject": {"reference": "Patient/7"}, "occurrenceDateTime": "2026-12-01"})";

bool holds(const std::string& condition, const std::string& resource = request) {
    json::Diagnostics problems("channel.json");
    const auto value = json::parse(condition);
    const auto rule = ResourceRule::compile(*value, "/accept/x", problems);
    BOOST_REQUIRE_MESSAGE(rule, condition << ": " << (problems.all().empty() ? "" : problems.all().front().message));
    const auto read = fhir::r4::read_json(resource);
    BOOST_REQUIRE(read.resource);
    return rule->holds(*read.resource);
}

std::string problem(const std::string& condition) {
    json::Diagnostics problems("channel.json");
    const auto value = json::parse(condition);
    const auto rule = ResourceRule::compile(*value, "/accept/x", problems);
    BOOST_TEST(!rule.has_value(), condition);
    BOOST_TEST(problems.all().size() == 1u, condition);
    if (problems.all().empty()) return {};
    return problems.all().front().pointer + " " + problems.all().front().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_resource_rule)

BOOST_AUTO_TEST_CASE(values_are_compared_in_any_repetition) {
    BOOST_TEST(holds(R"({"equals": ["ServiceRequest.priority", "stat"]})"));
    BOOST_TEST(!holds(R"({"equals": ["ServiceRequest.priority", "routine"]})"));
    BOOST_TEST(holds(R"({"in": ["ServiceRequest.category.coding.code", ["X", "C"]]})"));
    BOOST_TEST(!holds(R"({"in": ["ServiceRequest.category.coding.code", ["X", "Y"]]})"));
    BOOST_TEST(holds(R"({"matches": ["ServiceRequest.subject.reference", "^Patient/"]})"));
    BOOST_TEST(!holds(R"({"matches": ["ServiceRequest.subject.reference", "^Group/"]})"));
    BOOST_TEST(holds(R"({"equals": ["ServiceRequest.occurrence", "2026-12-01"]})"));  // as FHIRPath calls it
}

BOOST_AUTO_TEST_CASE(what_is_not_there_equals_nothing) {
    BOOST_TEST(!holds(R"({"equals": ["ServiceRequest.doNotPerform", ""]})"));
    BOOST_TEST(!holds(R"({"equals": ["DiagnosticReport.status", "active"]})"));
    BOOST_TEST(!holds(R"({"matches": ["ServiceRequest.requisition.value", ".*"]})"));
    BOOST_TEST(holds(R"({"exists": "ServiceRequest.category.coding"})"));
    BOOST_TEST(!holds(R"({"exists": "ServiceRequest.reasonCode"})"));
    BOOST_TEST(holds(R"({"not": {"exists": "ServiceRequest.reasonCode"}})"));
}

BOOST_AUTO_TEST_CASE(conditions_are_joined) {
    BOOST_TEST(holds(R"({"type": "ServiceRequest"})"));
    BOOST_TEST(!holds(R"({"type": ["Patient", "Task"]})"));
    BOOST_TEST(
        holds(R"({"all": [{"type": "ServiceRequest"}, {"equals": ["ServiceRequest.status", ["draft", "active"]]}]})"));
    BOOST_TEST(!holds(R"({"all": [{"type": "ServiceRequest"}, {"type": "Patient"}]})"));
    BOOST_TEST(holds(R"({"any": [{"type": "Patient"}, {"type": "ServiceRequest"}]})"));
    BOOST_TEST(!holds(R"({"any": [{"type": "Patient"}, {"not": {"type": "ServiceRequest"}}]})"));
}

BOOST_AUTO_TEST_CASE(resources_of_a_bundle_are_asked_together) {
    const auto bundle = std::string(R"({"resourceType": "Bundle", "type": "transaction", "entry": [
        {"resource": {"resourceType": "Patient", "gender": "female"}, "request": {"method": "POST", "url": "Patient"}},
        {"resource": )") +
                        request + R"(, "request": {"method": "POST", "url": "ServiceRequest"}}]})";
    BOOST_TEST(holds(R"({"equals": ["ServiceRequest.priority", "stat"]})", bundle));
    BOOST_TEST(holds(R"({"equals": ["Patient.gender", "female"]})", bundle));
    BOOST_TEST(holds(R"({"equals": ["Bundle.type", "transaction"]})", bundle));
    BOOST_TEST(!holds(R"({"type": "DiagnosticReport"})", bundle));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_understood_is_told_where_it_stands) {
    const auto says = [](const std::string& condition, const std::string& words) {
        const auto told = problem(condition);
        BOOST_TEST(told.find(words) != std::string::npos, condition << ": " << told);
    };
    says(R"({"equals": ["ServiceRequest.prority", "stat"]})", "/accept/x/equals/0 ");
    says(R"({"equals": ["ServiceRequest.prority", "stat"]})", "did you mean \"priority\"?");
    says(R"({"equals": ["ServiceReqest.priority", "stat"]})", "did you mean \"ServiceRequest\"?");
    says(R"({"equals": ["ServiceRequest.code", "x"]})", "is a CodeableConcept");
    says(R"({"equals": ["MSH-6", "RADIOLOGY"]})", "no resource \"MSH-6\"");
    says(R"({"exists": ""})", "no resource \"\"");
    says(R"({"matches": ["ServiceRequest.status", "("]})", "/accept/x/matches/1 ");
    says(R"({"in": ["ServiceRequest.status", []]})", "list of strings");
    says(R"({"in": ["ServiceRequest.status"]})", "[place, value]");
    says(R"({"equal": ["ServiceRequest.status", "x"]})", "did you mean \"equals\"?");
    says(R"({"type": "Patent"})", "did you mean \"Patient\"?");
    says(R"({"not": {"all": [{"exists": 7}]}})", "/accept/x/not/all/0/exists ");
    says(R"({"all": {}})", "a list of conditions");
    says("[]", "an object with one member");
    says("{}", "an object with one member");
}

BOOST_AUTO_TEST_SUITE_END()
