// Conditions outside of a mapping: what they say of a message, and what MSH-9 alone says of them.
#include "mappings/language/rule.hpp"

#include "tests/mappings/language/shipped.hpp"

namespace gantry::mappings::testing {
namespace {

constexpr auto order =
    "MSH|^~\\&|HIS|A|G|RAD|20260101||ORM^O01^ORM_O01|1|P|2.3.1\nPID|1||7^^^A^MR~8^^^A^PI\nPV1|1|I|W1^2&3\n";

std::optional<Rule> rule(const std::string& text, json::Diagnostics& diagnostics) {
    const auto value = json::parse(text);
    BOOST_REQUIRE_MESSAGE(value.ok(), text);
    return Rule::compile(*value, "/accept/x", shipped_tables(), diagnostics);
}

Rule rule(const std::string& text) {
    json::Diagnostics diagnostics("c.json");
    auto out = rule(text, diagnostics);
    show(diagnostics);
    BOOST_REQUIRE_MESSAGE(out, text);
    return *out;
}

bool holds(const std::string& text) {
    const auto message = message_of(order);
    const MappingContext context;
    Inquiry inquiry(message, context);
    const auto answer = inquiry.holds(rule(text));
    BOOST_REQUIRE(answer.ok());
    return *answer;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rules)

BOOST_AUTO_TEST_CASE(a_rule_is_a_condition_on_a_message) {
    BOOST_TEST(holds(R"({"equals": ["MSH-6", "RAD"]})"));
    BOOST_TEST(!holds(R"({"equals": ["MSH-6", "LAB"]})"));
    BOOST_TEST(holds(R"({"in": ["PID-3[*].5", ["XX", "PI"]]})"));
    BOOST_TEST(holds(R"({"event": ["O01"]})"));
    BOOST_TEST(holds(R"({"not": {"exists": "PV1-19"}})"));
    BOOST_TEST(holds(R"({"all": [{"equals": ["MSH-9.1", "ORM"]}, {"equals": ["PV1-2", "I"]}]})"));
    BOOST_TEST(!holds(R"({"any": [{"equals": ["MSH-9.1", "ADT"]}, {"equals": ["PV1-2", "O"]}]})"));
    BOOST_TEST(holds(R"({"equals": [{"table": "sex", "of": {"constant": "M"}}, ""]})"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_a_rule_is_shown_where_it_is) {
    json::Diagnostics diagnostics("c.json");
    BOOST_TEST(!rule(R"({"equels": ["MSH-6", "RAD"]})", diagnostics));
    BOOST_TEST(!rule(R"({"equals": ["MSH6", "RAD"]})", diagnostics));
    BOOST_TEST(!rule(R"({"equals": [{"same_as": "modality"}, "CT"]})", diagnostics));
    BOOST_REQUIRE_EQUAL(diagnostics.all().size(), 3u);
    BOOST_TEST(diagnostics.all()[0].text().find("c.json:1:2: error [config.bad_mapping]") == 0u);
    BOOST_TEST(diagnostics.all()[0].text().find("did you mean \"equals\"") != std::string::npos);
    BOOST_TEST(diagnostics.all()[1].text().find("c.json:1:13: error [config.bad_path]") == 0u);
    BOOST_TEST(diagnostics.all()[2].text().find("c.json:1:25: error [config.bad_mapping]") == 0u);
}

BOOST_AUTO_TEST_CASE(a_table_that_rejects_what_it_does_not_know_fails_the_question) {
    const auto message = message_of(order);
    const MappingContext context;
    Inquiry inquiry(message, context);
    const auto answer = inquiry.holds(rule(R"({"exists": {"table": "sex", "of": "MSH-6", "miss": "reject"}})"));
    BOOST_REQUIRE(!answer.ok());
    BOOST_TEST((answer.error().code == ErrorCode::map_miss));
    BOOST_TEST(answer.error().place == "MSH[1]-6");
}

BOOST_AUTO_TEST_CASE(a_rule_keeps_its_tables) {
    const auto one = rule(R"({"exists": {"table": "sex", "of": "PID-8"}})");
    BOOST_REQUIRE_EQUAL(one.tables().size(), 1u);
    BOOST_TEST(one.tables().front()->name() == "sex");
}

BOOST_AUTO_TEST_CASE(msh_9_alone_may_say_that_a_rule_cannot_hold) {
    const struct {
        const char* rule;
        bool orm_o01, adt_any;
    } rows[] = {
        {R"({"equals": ["MSH-9.1", "ORM"]})", true, false},
        {R"({"equals": ["MSH-9", "ADT"]})", false, true},
        {R"({"event": ["A08", "A40"]})", false, true},
        {R"({"equals": ["MSH-9.2", "O01"]})", true, true},
        {R"({"not": {"equals": ["MSH-9.1", "ORM"]}})", false, true},
        {R"({"not": {"equals": ["MSH-9.2", "O01"]}})", false, true},
        {R"({"all": [{"equals": ["PV1-2", "I"]}, {"equals": ["MSH-9.1", "ORM"]}]})", true, false},
        {R"({"any": [{"equals": ["PV1-2", "I"]}, {"equals": ["MSH-9.1", "ORM"]}]})", true, true},
        {R"({"exists": "MSH-9.1"})", true, true},
        {R"({"equals": ["MSH-9.3", "ORU_R01"]})", true, true},
        {R"({"equals": ["MSH[1]-9.1", "ORU"]})", true, true},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.rule) {
            BOOST_TEST(rule(row.rule).can_hold_for("ORM", "O01") == row.orm_o01);
            BOOST_TEST(rule(row.rule).can_hold_for("ADT", "*") == row.adt_any);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_path_on_its_own) {
    const auto message = message_of(order);
    const auto at = [&](const char* path) { return text_at(*hl7::Path::parse(path), message); };
    BOOST_TEST(at("PID-3") == "7");
    BOOST_TEST(at("PV1-3.2") == "2");
    BOOST_TEST(at("PV1-3.2.2") == "3");
    BOOST_TEST(at("PV1-19") == "");
    BOOST_TEST(at("ZDS-1") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::mappings::testing
