#include "channels/destinations/fhir_reply.hpp"

#include "tests/channels/destinations/destination_parts.hpp"

using namespace gantry;
using namespace gantry::channels;
using channels::testing::word;
using End = net::HttpCall::End;

namespace {

net::HttpCall answered(int status, const std::string& body = {}, bool sent = true) {
    return {End::answered, {}, sent, {status, {{"Retry-After", "7"}}, body}, false, true};
}

runtime::Destination::Answer judged(const net::HttpCall& call, bool repeatable = true,
                                    const FhirDestinationOptions& options = {}) {
    FhirRequest request;
    request.repeatable = repeatable;
    return fhir_answer(call, request, options);
}

const std::string outcome = R"json({"resourceType": "OperationOutcome", "text": {"div": "Smith"}, "issue": [
    {"severity": "error", "code": "required", "expression": ["Patient.name[0].family"], "diagnostics": "Smith 4711"},
    {"severity": "error", "code": "value", "details": {"coding": [{"code": "MSG_PARAM_INVALID"}], "text": "Smith"},
     "expression": ["Patient.identifier.where(value='4711')"]},
    {"severity": "warning", "code": "Smith 4711", "expression": ["Smith-4711"]}]})json";

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_fhir_reply)

BOOST_AUTO_TEST_CASE(the_status_decides) {
    const std::pair<int, const char*> expected[] = {
        {200, "delivered"}, {201, "delivered"}, {204, "delivered"}, {302, "held"},  {400, "refused"},
        {401, "held"},      {403, "held"},      {404, "refused"},   {409, "retry"}, {412, "held"},
        {422, "refused"},   {429, "retry"},     {500, "retry"},     {503, "retry"}};
    for (const auto& [status, becomes] : expected)
        BOOST_TEST_CONTEXT(status) BOOST_TEST(word(judged(answered(status))) == becomes);
    BOOST_TEST(judged(answered(503)).not_within.count() == 7);
    FhirDestinationOptions options;
    options.status_actions = {{"409", "done"}, {"412", "dead"}};
    BOOST_TEST(word(judged(answered(409), true, options)) == "delivered");
    BOOST_TEST(word(judged(answered(412), true, options)) == "refused");
}

BOOST_AUTO_TEST_CASE(an_outcome_is_told_by_its_codes_and_elements_alone) {
    BOOST_TEST(outcome_codes(outcome) ==
               "error required at Patient.name[0].family, error value MSG_PARAM_INVALID, warning");
    BOOST_TEST(judged(answered(422, outcome)).detail.starts_with("HTTP 422, error required at Patient.name"));
    BOOST_TEST(judged(answered(200, outcome)).detail == "HTTP 200");
    for (const auto* other : {"", "Smith", "{}", R"({"resourceType": "Patient", "issue": [{"code": "x"}]})",
                              R"({"resourceType": "OperationOutcome", "issue": [{"code": {"a": "Smith"}}]})"})
        BOOST_TEST(outcome_codes(other) == "");
}

BOOST_AUTO_TEST_CASE(many_issues_are_not_all_told) {
    std::string issues;
    for (int i = 0; i < 100; ++i) issues += std::string(i ? "," : "") + R"({"code": "value"})";
    BOOST_TEST(outcome_codes(R"({"resourceType": "OperationOutcome", "issue": [)" + issues + "]}") ==
               "value, value, value, value, value, …");
}

BOOST_AUTO_TEST_CASE(without_an_answer_only_what_can_be_made_twice_is_made_again) {
    net::HttpCall lost;
    lost.end = End::unanswered;
    lost.why = "no whole answer came in time";
    BOOST_TEST(word(judged(lost)) == "retry");
    BOOST_TEST(word(judged(lost, false)) == "in doubt");
    net::HttpCall away;
    BOOST_TEST(word(judged(away)) == "away");
    BOOST_TEST(word(judged(answered(200, {}, false))) == "retry");
    BOOST_TEST(word(judged(answered(200, {}, false), false)) == "in doubt");
    BOOST_TEST(word(judged(answered(413, {}, false))) == "refused");
}

BOOST_AUTO_TEST_SUITE_END()
