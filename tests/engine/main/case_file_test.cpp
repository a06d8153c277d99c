#include "engine/main/case_file.hpp"

namespace gantry {
namespace {

BOOST_AUTO_TEST_SUITE(case_files)

std::string problem_of(const std::string& text) {
    json::Diagnostics problems("x.case.json");
    BOOST_TEST(!read_case("x.case.json", text, problems).has_value());
    return problems.all().empty() ? std::string() : problems.all().front().text();
}

BOOST_AUTO_TEST_CASE(reads_messages_and_expectations) {
    json::Diagnostics problems("x.case.json");
    const auto read = read_case("x.case.json", R"({"channel": "c", "clock": "2026-11-23T09:00:00Z",
        "given": [{"message": ["MSH|", "PID|"]}],
        "inputs": [{"message": ["MSH|"], "clock": "+5s", "expect": {"ack": {"MSA-1": "AA"}}}],
        "expect": {"orders": [], "ignore": ["MSH-7"]}})",
                                problems);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->given.at(0).lines.size() == 2);
    BOOST_TEST(read->inputs.at(0).pointer == "/inputs/0");
    BOOST_TEST(read->inputs.at(0).expect != nullptr);
    BOOST_TEST(read->ignored.at(0) == "MSH-7");
}

BOOST_AUTO_TEST_CASE(points_at_mistakes) {
    BOOST_TEST(problem_of("{\n  \"chanel\": \"c\"}") ==
               "x.case.json:2:3: error [config.unknown_option] an option of this name does not exist: \"chanel\", did "
               "you mean \"channel\"? (at /chanel)");
    BOOST_TEST(problem_of("{\n\"channel\": 5}").find("x.case.json:2:12: error [config.wrong_type]") == 0);
    BOOST_TEST(problem_of(R"({"channel": "c"})").find("\"clock\"") != std::string::npos);
    BOOST_TEST(problem_of("{").find("[config.syntax]") != std::string::npos);
    BOOST_TEST(problem_of(R"({"channel": "c", "clock": "x", "inputs": [{"expect": {}}]})").find("/inputs/0") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(clocks) {
    const Zone berlin("Europe/Berlin");
    const Instant now{1'000'000'000'000'000};
    const auto micros = [&](const std::string& text) {
        return read_case_clock(text, berlin, now).value_or(Instant{-1}).micros;
    };
    BOOST_TEST(micros("1970-01-01T01:00:00+01:00") == 0);
    BOOST_TEST(micros("1970-01-01T00:00:01Z") == 1'000'000);
    BOOST_TEST(micros("2026-07-01T12:00:00") == micros("2026-07-01T10:00:00Z"));
    BOOST_TEST(micros("+5s") == now.micros + 5'000'000);
    BOOST_TEST(micros("-1d") == now.micros - 86'400'000'000);
    for (const auto* wrong : {"", "soon", "2026-02-30T09:00:00", "2026-11-23T25:00:00", "2026-11-23T09:00:00+1", "+5"})
        BOOST_TEST(micros(wrong) == -1, wrong);
}

BOOST_AUTO_TEST_CASE(dates) {
    LocalTime now;
    now.year = 2026, now.month = 12, now.day = 31, now.hour = 9;
    BOOST_TEST(with_dates("a{{today}}b{{today+1}}c{{today-31}}", now) == "a20261231b20270101c20261130");
    BOOST_TEST(with_dates("{{now}}", now) == "20261231090000");
    for (const auto* kept : {"{{today", "{{today+}}", "{{todayx}}", "{{id}}", "{{today+99999999999}}"})
        BOOST_TEST(with_dates(kept, now) == kept);
}

BOOST_AUTO_TEST_CASE(settings_are_merged) {
    const auto base = json::parse(R"({"a": {"b": 1, "c": 2}, "d": [1]})");
    const auto patch = json::parse(R"({"a": {"b": null, "e": {"f": 3}}, "d": [2], "g": null})");
    BOOST_TEST(merged(*base, *patch) == R"({"a":{"c":2,"e":{"f":3}},"d":[2]})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace gantry
