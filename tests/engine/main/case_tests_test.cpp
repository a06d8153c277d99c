#include "engine/main/case_tests.hpp"

#include <unistd.h>

#include <fstream>
#include <sstream>

namespace gantry {
namespace {

namespace fs = std::filesystem;
const fs::path source = GANTRY_SOURCE_DIR;

struct CaseRuns {
    CaseRuns()
        : configuration(load_configuration(source / "conf")),
          directory(fs::temp_directory_path() / ("gantry_case_" + std::to_string(::getpid()))) {
        fs::create_directories(directory);
    }
    ~CaseRuns() { fs::remove_all(directory); }

    fs::path write(const std::string& name, const std::string& text) const {
        std::ofstream(directory / name) << text;
        return directory / name;
    }
    int run(const TestOptions& options) {
        out.str({});
        return run_tests(*configuration, options, out);
    }
    static std::string content(const fs::path& path) {
        std::ifstream in(path);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    std::unique_ptr<Configuration> configuration;
    fs::path directory;
    std::ostringstream out;
};

const std::string filtered_to_nothing = R"({"description": "one A08", "channel": "his-orders",
  "clock": "2026-11-23T09:00:00Z",
  "inputs": [{"message": ["MSH|^~\\&|HIS|H|G|R|{{now}}||ADT^A08|M1|P|2.5.1", "EVN||{{now}}",
                          "PID|1||1^^^X^MR||DOE^JANE", "PV1|1|O"],
              "expect": {"ack": {"MSA-1": "AE"}, "records": []}}],
  "expect": {"patients": [{"name": "DOE^JANE"}], "orders": []}})";

BOOST_FIXTURE_TEST_SUITE(case_tests, CaseRuns)

BOOST_AUTO_TEST_CASE(every_case_file_of_the_repository_passes) {
    const auto code = run({{source / "tests" / "scenario", source / "channels" / "definitions"}, false, {}});
    BOOST_TEST(code == 0, out.str());
}

BOOST_AUTO_TEST_CASE(a_failing_case_says_what_is_different) {
    const auto file = write("a.case.json", filtered_to_nothing);
    BOOST_TEST(run({{directory}, false, directory / "junit.xml"}) == 1);
    BOOST_TEST(out.str().find("/inputs/0/expect/ack/MSA-1: expected \"AE\", got \"AA\"") != std::string::npos);
    BOOST_TEST(out.str().ends_with("0 passed, 1 failed\n"));
    BOOST_TEST(content(directory / "junit.xml").find("<failure>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_no_case_uses_is_counted_and_named) {
    const auto file = write("a.case.json", filtered_to_nothing);
    TestOptions options{{file}, false, {}};
    BOOST_TEST(run(options) == 1);
    BOOST_TEST(out.str().find("mapping patients-v2: ") != std::string::npos, out.str());
    BOOST_TEST(out.str().find("mapping orders-v2: 0 of ") != std::string::npos);
    BOOST_TEST(out.str().find("never used") == std::string::npos);
    options.coverage = true;
    BOOST_TEST(run(options) == 1);
    BOOST_TEST(out.str().find("orders-v2.json:") != std::string::npos);
    BOOST_TEST(out.str().find(": never used (at /orders/control)") != std::string::npos);
    std::istringstream lines(out.str());
    for (std::string line; std::getline(lines, line);)
        if (line.find("patients-v2.json") != std::string::npos)
            BOOST_TEST(line.find("(at /patient/fields/name)") == std::string::npos, line);
    BOOST_TEST(out.str().find("order_status.json:") != std::string::npos);
    BOOST_TEST(out.str().ends_with("0 passed, 1 failed\n"));
}

BOOST_AUTO_TEST_CASE(for_machines) {
    const auto file = write("a.case.json", filtered_to_nothing);
    TestOptions options{{file}, false, {}};
    options.json = true;
    BOOST_TEST(run(options) == 1);
    const auto read = json::parse(out.str());
    BOOST_REQUIRE(read.ok());
    BOOST_TEST(read->find("failed")->integer() == 1);
    const auto& tested = read->find("cases")->items().at(0);
    BOOST_TEST(!tested.find("passed")->boolean());
    BOOST_TEST(tested.find("differences")->items().at(0).find("got")->string() == "\"AA\"");
    const auto& parts = read->find("coverage")->items();
    BOOST_TEST(parts.front().find("kind")->string() == "mapping");
    BOOST_TEST(parts.back().find("kind")->string() == "table");
    for (const auto& one : parts)
        BOOST_TEST(one.find("used")->integer() + std::ssize(one.find("unused")->items()) ==
                   one.find("total")->integer());
}

// What readers of these reports require: name, tests, failures, errors (Jenkins' junit-10.xsd).
BOOST_AUTO_TEST_CASE(a_junit_report_tells_failures_from_cases_that_cannot_run) {
    write("a.case.json", filtered_to_nothing);
    write("b.case.json", R"({"channel": "his-order", "clock": "2026-11-23T09:00:00Z"})");
    BOOST_TEST(run({{directory}, false, directory / "junit.xml"}) == 1);
    const auto report = content(directory / "junit.xml");
    BOOST_TEST(report.find("<testsuite name=\"gantry test\" tests=\"2\" failures=\"1\" errors=\"1\">") !=
               std::string::npos);
    BOOST_TEST(report.find("<failure>") != std::string::npos);
    BOOST_TEST(report.find("<error>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_junit_report_can_hold_any_text) {
    auto odd = filtered_to_nothing;
    odd.replace(odd.find("one A08"), 7, "a ]]> <b> & \\\"c\\\" \\u0001");
    write("a.case.json", odd);
    BOOST_TEST(run({{directory}, false, directory / "junit.xml"}) == 1);
    const auto report = content(directory / "junit.xml");
    BOOST_TEST(report.find("name=\"a ]]&gt; &lt;b&gt; &amp; &quot;c&quot;  \"") != std::string::npos, report);
}

BOOST_AUTO_TEST_CASE(a_blessed_case_passes) {
    const auto file = write("a.case.json", filtered_to_nothing);
    BOOST_TEST(run({{file}, true, {}}) == 0, out.str());
    BOOST_TEST(content(file).find("\"MSA-1\": \"AA\"") != std::string::npos);
    BOOST_TEST(content(file).find("[{\"kind\": \"patient\", \"what\": \"created\"") != std::string::npos);
    BOOST_TEST(run({{file}, false, {}}) == 0, out.str());
}

BOOST_AUTO_TEST_CASE(mistakes_in_a_case_fail_it) {
    write("a.case.json", R"({"channel": "his-order", "clock": "2026-11-23T09:00:00Z"})");
    write("b.case.json", R"({"channel": "his-orders", "clock": "noon"})");
    write("c.case.json", R"({"channel": "his-orders", "clock": "2026-11-23T09:00:00Z", "zone": "Europe/Berln"})");
    write("d.case.json", R"({"channel": "his-orders", "clock": "2026-11-23T09:00:00Z",
                             "settings": {"orders": {"rol": "image_manager"}}})");
    write("e.case.json", R"({"channel": "his-orders", "clock": "2026-11-23T09:00:00Z",
                             "expect": {"worklist": [{"query": {"Acession": "1"}, "answer": []}]}})");
    write("f.case.json", R"({"channel": "his-orders", "clock": "2026-11-23T09:00:00Z",
                             "inputs": [{"resource": {"resourceType": "Patient"}}]})");
    write("g.case.json", R"({"channel": "fhir", "clock": "2026-11-23T09:00:00Z",
                             "inputs": [{"channel": "his-ordres", "message": ["MSH|"]}]})");
    write("h.case.json", R"({"channel": "fhir", "clock": "2026-11-23T09:00:00Z",
                             "expect": {"fhir": [{"search": "Patient?famly=x", "answer": []}]}})");
    write("i.case.json",
          R"({"channel": "fhir", "clock": "2026-11-23T09:00:00Z", "expect": {"fhir": [{"search": 1}]}})");
    BOOST_TEST(run({{directory}, true, {}}) == 1);
    BOOST_TEST(out.str().ends_with("0 passed, 9 failed\n"), out.str());
    for (const auto* hint :
         {"did you mean \"his-orders\"?", "a time is expected", "\"Europe/Berln\"", "did you mean \"role\"?",
          "\"Acession\"", "takes messages, not resources", "\"his-ordres\", did you mean \"his-orders\"?",
          "did you mean \"family\"?", "an object with \"search\" and \"answer\""})
        BOOST_TEST(out.str().find(hint) != std::string::npos, hint);
}

BOOST_AUTO_TEST_CASE(a_path_that_does_not_exist_is_wrong_usage) {
    BOOST_TEST(run({{directory / "none"}, false, {}}) == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace gantry
