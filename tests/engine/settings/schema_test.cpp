#include "engine/settings/schema.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>

#include "engine/settings/generate.hpp"
#include "mllp_example.hpp"

using namespace gantry;

namespace {

struct Run {
    example::MllpOptions options;
    std::vector<json::Diagnostic> problems;
};

Run read(std::string_view text, std::map<std::string, std::string> variables = {}) {
    auto tree = json::parse(text);
    BOOST_REQUIRE_MESSAGE(tree.ok(), (tree.ok() ? std::string() : tree.error().text()));
    json::Diagnostics problems("mllp.json");
    const settings::Environment environment{".", [=](const std::string& name) -> std::optional<std::string> {
                                                const auto found = variables.find(name);
                                                if (found == variables.end()) return std::nullopt;
                                                return found->second;
                                            }};
    auto options = example::mllp_schema().read(*tree, "/mllp", problems, environment);
    return {std::move(options), problems.all()};
}

example::MllpOptions fine(std::string_view text, std::map<std::string, std::string> variables = {}) {
    auto run = read(text, std::move(variables));
    for (const auto& problem : run.problems) BOOST_ERROR(problem.text());
    return std::move(run.options);
}

void one_problem(std::string_view text, std::string_view expected) {
    const auto run = read(text);
    BOOST_REQUIRE_MESSAGE(run.problems.size() == 1, text << " has " << run.problems.size() << " problems");
    BOOST_TEST(run.problems[0].text() == expected);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(settings_schema)

BOOST_AUTO_TEST_CASE(defaults_are_those_of_the_struct) {
    const auto options = fine(R"({"station": "CT1"})");
    BOOST_TEST(options.port == 2575);
    BOOST_TEST(options.idle.count() == 300);
    BOOST_TEST(options.max_bytes.count == 16u << 20);
    BOOST_TEST(!options.tls.has_value());
    BOOST_TEST(options.retry.attempts == 3);
}

BOOST_AUTO_TEST_CASE(every_type_is_read) {
    const auto options = fine(R"({
        "station": "CT1", "address": "::1", "port": 2576, "idle": "5m", "max_bytes": "64KiB", "keep_alive": false,
        "load": 0.75, "allowed": ["10.0.0.1", "10.0.0.2"], "labels": {"a": "b"}, "password": "pw", "peer": "[::1]:104",
        "mode": "enhanced", "level": "high", "limit": 5, "extra": {"x": [1]},
        "tls": {"certificate": "c.pem"}, "retry": {"attempts": 9}, "tables": [{"name": "a"}, {"name": "b", "rows": 2}]})");
    BOOST_TEST(options.address == "::1");
    BOOST_TEST(options.port == 2576);
    BOOST_TEST(options.idle.count() == 300);
    BOOST_TEST(options.max_bytes.count == 65536u);
    BOOST_TEST(!options.keep_alive);
    BOOST_TEST(options.load == 0.75);
    BOOST_TEST(options.allowed.size() == 2u);
    BOOST_TEST(options.labels.at("a") == "b");
    BOOST_TEST(options.password.reveal() == "pw");
    BOOST_TEST((options.peer == settings::HostPort{"::1", 104}));
    BOOST_TEST((options.mode == example::Mode::enhanced));
    BOOST_TEST(options.level == "high");
    BOOST_TEST(options.limit.value() == 5);
    BOOST_TEST(options.extra.find("x")->items().size() == 1u);
    BOOST_TEST(options.tls.value().certificate == "c.pem");
    BOOST_TEST(options.tls->verify);
    BOOST_TEST(options.retry.attempts == 9);
    BOOST_TEST((options.retry.first_wait == std::chrono::milliseconds(250)));
    BOOST_REQUIRE_EQUAL(options.tables.size(), 2u);
    BOOST_TEST(options.tables[1].rows == 2);
}

BOOST_AUTO_TEST_CASE(every_problem_is_reported_with_its_place) {
    const auto run = read(
        "{\n  \"prot\": 1,\n  \"port\": 70000,\n  \"idle\": 30,\n  \"tables\": [{}, {\"name\": \"a\", \"row\": 1}]}");
    std::vector<std::string> texts;
    for (const auto& problem : run.problems) texts.push_back(problem.text());
    const std::vector<std::string> expected = {
        "mllp.json:3:11: error [config.out_of_range] the value is outside what is allowed: must be whole number, 1 to "
        "65535, is 70000 (at /mllp/port)",
        "mllp.json:4:11: error [config.wrong_type] the value has the wrong type: must be a duration like \"500ms\", "
        "\"30s\", \"5m\", \"2h\" or \"7d\", is a number (at /mllp/idle)",
        "mllp.json:5:14: error [config.missing_option] a required option is missing: \"name\" (at /mllp/tables/0/name)",
        "mllp.json:5:32: error [config.unknown_option] an option of this name does not exist: \"row\", did you mean "
        "\"rows\"? (at /mllp/tables/1/row)",
        "mllp.json:2:3: error [config.unknown_option] an option of this name does not exist: \"prot\", did you mean "
        "\"port\"? (at /mllp/prot)",
        "mllp.json:1:1: error [config.missing_option] a required option is missing: \"station\" (at /mllp/station)"};
    BOOST_CHECK_EQUAL_COLLECTIONS(texts.begin(), texts.end(), expected.begin(), expected.end());
}

BOOST_AUTO_TEST_CASE(wrong_kinds) {
    const std::string type = "error [config.wrong_type] the value has the wrong type: ";
    one_problem(R"(7)", "mllp.json:1:1: " + type + "must be an object, is a number (at /mllp)");
    const std::string head = R"({"station": "CT1", )", place = "mllp.json:1:";
    one_problem(head + R"("port": "x"})", place + "28: " + type + "must be a whole number, is text (at /mllp/port)");
    one_problem(head + R"("port": 1.5})", place + "28: " + type + "must be a whole number, is 1.5 (at /mllp/port)");
    one_problem(head + R"("port": null})", place + "28: " + type + "must be a whole number, is null (at /mllp/port)");
    one_problem(head + R"("keep_alive": 1})",
                place + "34: " + type + "must be true or false, is a number (at /mllp/keep_alive)");
    one_problem(head + R"("load": "x"})", place + "28: " + type + "must be a number, is text (at /mllp/load)");
    one_problem(head + R"("address": 1})", place + "31: " + type + "must be text, is a number (at /mllp/address)");
    one_problem(head + R"("allowed": "x"})", place + "31: " + type + "must be a list, is text (at /mllp/allowed)");
    one_problem(head + R"("allowed": ["a", 1]})",
                place + "37: " + type + "must be text, is a number (at /mllp/allowed/1)");
    one_problem(head + R"("labels": {"k/": 1}})",
                place + "37: " + type + "must be text, is a number (at /mllp/labels/k~1)");
    one_problem(head + R"("tls": []})", place + "27: " + type + "must be an object, is a list (at /mllp/tls)");
    one_problem(head + R"("tables": {}})", place + "30: " + type + "must be a list, is an object (at /mllp/tables)");
    one_problem(head + R"("password": {"file": 1}})",
                place + "32: " + type + R"(must be {"file": "…"}, {"env": "…"} or text (at /mllp/password))");
}

BOOST_AUTO_TEST_CASE(wrong_values) {
    const std::string head = R"({"station": "CT1", )", place = "mllp.json:1:";
    const std::string range = "error [config.out_of_range] the value is outside what is allowed: ";
    one_problem(R"({"station": ""})", place + "13: " + range + "must not be empty (at /mllp/station)");
    one_problem(head + R"("small": 300})",
                place + "29: " + range + "must be between -128 and 127, is 300 (at /mllp/small)");
    one_problem(head + R"("idle": "8d"})",
                place + "28: " + range + "must be duration, 1s to 1h, is 8d (at /mllp/idle)");
    one_problem(head + R"("idle": "1500ms"})", place + "28: " + range + "must be a multiple of 1s (at /mllp/idle)");
    one_problem(head + R"("max_bytes": "1B"})",
                place + "33: " + range + "must be size, 1KiB to 1GiB, is 1B (at /mllp/max_bytes)");
    one_problem(head + R"("level": "hig"})",
                place + "29: " + range + R"(must be "low" or "high", is "hig", did you mean "high"? (at /mllp/level))");
    one_problem(head + R"("mode": "x"})",
                place + "28: " + range + R"(must be "original" or "enhanced", is "x" (at /mllp/mode))");
    one_problem(head + R"("address": "*"})", place + "31: " + range + "\"*\" is no address (at /mllp/address)");
}

BOOST_AUTO_TEST_CASE(where_there_is_a_problem_the_default_stays) {
    const auto run = read(R"({"station": "CT1", "port": "x", "mode": "x"})");
    BOOST_TEST(run.options.port == 2575);
    BOOST_TEST((run.options.mode == example::Mode::original));
}

BOOST_AUTO_TEST_CASE(variables_are_expanded_everywhere) {
    const auto options = fine(
        R"({"station": "${AE}", "port": "${PORT:-2599}", "idle": "${IDLE:-10}s", "keep_alive": "${KEEP:-false}",
            "allowed": ["${A:-x}"], "labels": {"a": "$${A}"}, "tls": {"certificate": "/${AE}.pem"}, "load": "${L:-0.5}"})",
        {{"AE", "CT7"}, {"PORT", "2600"}});
    BOOST_TEST(options.station == "CT7");
    BOOST_TEST(options.port == 2600);
    BOOST_TEST(options.idle.count() == 10);
    BOOST_TEST(!options.keep_alive);
    BOOST_TEST(options.allowed.at(0) == "x");
    BOOST_TEST(options.labels.at("a") == "${A}");
    BOOST_TEST(options.tls.value().certificate == "/CT7.pem");
    BOOST_TEST(options.load == 0.5);
}

BOOST_AUTO_TEST_CASE(variables_that_are_not_there) {
    one_problem(R"({"station": "${AE}"})",
                "mllp.json:1:13: error [config.unknown_name] something is named here that does not exist: environment "
                "variable AE without a default (at /mllp/station)");
    one_problem(R"({"station": "${A:-a}", "port": "${P:-none}"})",
                "mllp.json:1:32: error [config.wrong_type] the value has the wrong type: must be a whole number, is "
                "\"none\" (at /mllp/port)");
}

BOOST_AUTO_TEST_CASE(an_optional_may_be_null) {
    const auto options = fine(R"({"station": "CT1", "limit": null, "tls": null})");
    BOOST_TEST(!options.limit.has_value());
    BOOST_TEST(!options.tls.has_value());
}

BOOST_AUTO_TEST_CASE(members_that_somebody_else_reads_are_not_unknown) {
    const auto tree = json::parse(R"({"station": "CT1", "type": "mllp"})");
    json::Diagnostics problems("x.json");
    (void)example::mllp_schema().read(*tree, "", problems, settings::Environment(), {"type"});
    BOOST_TEST(problems.all().empty());
}

BOOST_AUTO_TEST_CASE(secrets_are_not_shown) {
    const auto options = fine(R"({"station": "CT1", "password": {"env": "PW"}})", {{"PW", "hunter2"}});
    BOOST_TEST(options.password.reveal() == "hunter2");
    std::ostringstream out;
    out << options.password;
    BOOST_TEST(out.str() == "***");
    const auto shown = settings::default_document(example::mllp_schema().describe(options));
    BOOST_TEST(shown.find("\"password\": \"***\"") != std::string::npos);
    BOOST_TEST(shown.find("hunter2") == std::string::npos);
    BOOST_TEST(shown.find("\"station\": \"CT1\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(secrets_by_name_are_not_shown) {
    const auto options =
        fine(R"({"station": "CT1", "keys": {"a": {"env": "PW"}, "b": "${PW}-2"}})", {{"PW", "hunter2"}});
    BOOST_TEST(options.keys.at("a").reveal() == "hunter2");
    BOOST_TEST(options.keys.at("b").reveal() == "hunter2-2");
    const auto shown = settings::value_text(example::mllp_schema().describe(options));
    BOOST_TEST(shown.find("hunter2") == std::string::npos);
    BOOST_TEST(shown.find(R"("a":)") != std::string::npos);
    one_problem(R"({"station": "CT1", "keys": ["hunter2"]})",
                "mllp.json:1:28: error [config.wrong_type] the value has the wrong type: must be an object, is a list "
                "(at /mllp/keys)");
    const auto run = read(R"({"station": "CT1", "keys": {"a": ["hunter2"], "b": {"env": "PW"}}})");
    BOOST_REQUIRE_EQUAL(run.problems.size(), 2u);
    BOOST_TEST(run.problems[0].pointer == "/mllp/keys/a");
    for (const auto& problem : run.problems) BOOST_TEST(problem.text().find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_secret_of_the_wrong_shape_is_not_quoted) {
    for (const std::string value :
         {R"(["hunter2"])", R"({"fiel": "hunter2"})", R"({"env": "PW"})", R"({"file": "none"})"}) {
        const auto run = read(R"({"station": "CT1", "password": )" + value + "}");
        BOOST_REQUIRE_EQUAL(run.problems.size(), 1u);
        BOOST_TEST(run.problems[0].text().find("hunter2") == std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
