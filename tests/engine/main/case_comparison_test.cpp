#include "engine/main/case_comparison.hpp"

namespace gantry {
namespace {

// An order with one step, as it came out.
Observation seen() {
    Observation step;
    step.add("status", "SCHEDULED");
    step.usual = {"status"};
    Observation order;
    order.add("number", "A1");
    order.add("reason", "");
    order.add("steps", Observation::of_rows({step}));
    Observation all;
    all.add("orders", Observation::of_rows({order}));
    return all;
}

struct Compared {
    std::vector<Difference> differences;
    std::vector<json::Diagnostic> problems;
};

Compared compared(const std::string& text, const std::vector<std::string>& ignored = {}) {
    json::Diagnostics problems("x");
    Comparison comparison(ignored, problems);
    const auto expected = json::parse(text);
    comparison.compare(*expected, "", seen());
    return {comparison.take(), problems.all()};
}

BOOST_AUTO_TEST_SUITE(case_comparison)

BOOST_AUTO_TEST_CASE(only_what_is_named_counts) {
    BOOST_TEST(compared(R"({"orders": [{"number": "A1", "reason": null}]})").differences.empty());
    BOOST_TEST(compared(R"({"orders": [{"number": "*", "steps": [{}]}]})").differences.empty());
    BOOST_TEST(compared("{}").differences.empty());
}

BOOST_AUTO_TEST_CASE(a_difference_says_where_and_what) {
    const auto result = compared("{\"orders\": [\n{\"number\": \"A2\"}]}");
    BOOST_REQUIRE_EQUAL(result.differences.size(), 1);
    const auto& difference = result.differences.front();
    BOOST_TEST(difference.pointer == "/orders/0/number");
    BOOST_TEST(difference.position.line == 2);
    BOOST_TEST(difference.expected == "\"A2\"");
    BOOST_TEST(difference.got == "\"A1\"");
}

BOOST_AUTO_TEST_CASE(any_value_is_not_no_value) {
    BOOST_TEST(compared(R"({"orders": [{"reason": "*"}]})").differences.size() == 1);
    BOOST_TEST(compared(R"({"orders": [{"number": null}]})").differences.size() == 1);
}

BOOST_AUTO_TEST_CASE(ignored_names_are_not_compared) {
    BOOST_TEST(compared(R"({"orders": [{"number": "A2"}]})", {"number"}).differences.empty());
}

BOOST_AUTO_TEST_CASE(unknown_names_and_wrong_kinds_are_problems) {
    const auto unknown = compared(R"({"orders": [{"numbr": "A1"}]})");
    BOOST_REQUIRE_EQUAL(unknown.problems.size(), 1);
    BOOST_TEST(unknown.problems.front().text().find("did you mean \"number\"?") != std::string::npos);
    BOOST_TEST(compared(R"({"orders": {}})").problems.size() == 1);
    BOOST_TEST(compared(R"({"orders": [{"number": 1}]})").problems.size() == 1);
}

BOOST_AUTO_TEST_CASE(blessing_changes_values_and_nothing_else) {
    const std::string text =
        "{ // \"kept\"\n  \"orders\": [ /* ] */ {\"number\": \"A\\\"2\", \"reason\": \"x\" // why\n, \"steps\": []}]}";
    BOOST_TEST(blessed(text, compared(text).differences) ==
               "{ // \"kept\"\n  \"orders\": [ /* ] */ {\"number\": \"A1\", \"reason\": null // why\n, \"steps\": "
               "[{\"status\": \"SCHEDULED\"}]}]}");
}

BOOST_AUTO_TEST_CASE(blessed_rows_have_the_fields_that_were_named) {
    const std::string text = R"({"orders": [{"number": "A1"}, {"number": "A2"}]})";
    const auto result = compared(text);
    BOOST_REQUIRE_EQUAL(result.differences.size(), 1);
    BOOST_TEST(result.differences.front().expected == "2 rows");
    BOOST_TEST(blessed(text, result.differences) == R"({"orders": [{"number": "A1"}]})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace gantry
