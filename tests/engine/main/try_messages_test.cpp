#include "engine/main/try_messages.hpp"

#include <unistd.h>
#include <algorithm>

#include <fstream>
#include <sstream>

#include "engine/json/value.hpp"

namespace gantry {
namespace {

namespace fs = std::filesystem;

struct Trying {
    Trying()
        : configuration(load_configuration(fs::path(GANTRY_SOURCE_DIR) / "conf")),
          file(fs::temp_directory_path() / ("gantry_try_" + std::to_string(::getpid()) + ".hl7")) {
        options.channel = "his-orders";
        options.files = {file};
    }
    ~Trying() { fs::remove(file); }
    int run(const std::string& messages) {
        std::ofstream(file) << messages;
        return run_try(*configuration, options, out, err);
    }
    bool said(const std::string& text) const { return out.str().find(text) != std::string::npos; }

    std::unique_ptr<Configuration> configuration;
    fs::path file;
    TryOptions options;
    std::ostringstream out, err;
};

const std::string nw =
    "MSH|^~\\&|HIS|H|G|R|20261123090000||ORM^O01|M1|P|2.5.1\nPID|1||1^^^X^MR~V2^^^X^AN||DOE^JANE||19800406|F\n"
    "ORC|NW|P1^HIS|||SC||^^^202611231000||20261123090000\nOBR|1|P1^HIS||CTHEAD^CT head^LOCAL||||||||||||||A1\n";
const std::string xo =
    "MSH|^~\\&|HIS|H|G|R|20261123090100||ORM^O01|M2|P|2.5.1\nPID|1||1^^^X^MR||DOE^JANE||19800406|F\n"
    "ORC|XO|P1^HIS|||SC||^^^202611231130||20261123090100\n"
    "OBR|1|P1^HIS||CTHEAD^CT head^LOCAL||||||||||||||A1|||||||||||||^PAIN\n";

BOOST_FIXTURE_TEST_SUITE(try_messages, Trying)

BOOST_AUTO_TEST_CASE(shows_what_would_happen) {
    BOOST_TEST(run(nw + xo) == 0, err.str());
    BOOST_TEST(said("ORM^O01 M1  accepted"));
    BOOST_TEST(said("identifiers: 1^^^X^MR~V2^^^X^AN"));
    BOOST_TEST(said("reason: (empty) -> PAIN  (OBR-31)"));
    BOOST_TEST(said("scheduled_date: 202611231000 -> 202611231130"));
    BOOST_TEST(said("CT_ANY\\*  20261123 1130  CT  1 DOE^JANE  A1  CT head"), out.str());
    BOOST_TEST(said("his-orders/archive"));
    BOOST_TEST(said("    MSA|AA|M2"));
}

BOOST_AUTO_TEST_CASE(names_what_is_in_a_message_when_asked) {
    BOOST_TEST(run(nw) == 0, err.str());
    BOOST_TEST(!said("Assigning Authority"));
    options.tree = true;
    BOOST_TEST(run(nw) == 0, err.str());
    BOOST_TEST(said("    ORM_O01 Order message, HL7 2.5.1\n"));
    BOOST_TEST(said("          PID-3[1] Patient Identifier List: 1^^^X^MR\n"), out.str());
    BOOST_TEST(said("            CX.4 Assigning Authority: X\n"));
    BOOST_TEST(said("      ORDER\n        ORC Common Order\n"));
}

BOOST_AUTO_TEST_CASE(a_rejected_message_is_exit_code_1) {
    BOOST_TEST(run("MSH|^~\\&|HIS|H|G|R|20261123090000||ORM^O01|M1|T|2.5.1\n") == 1);
    BOOST_TEST(said("rejected: "));
    BOOST_TEST(said("MSA|AR|M1"));
}

BOOST_AUTO_TEST_CASE(says_by_which_rule_a_message_is_not_accepted_and_who_does_not_want_it) {
    const auto rule = [&](const char* text) {
        json::Diagnostics problems("rule");
        return *mappings::Rule::compile(*json::parse(text), "", configuration->tables, problems);
    };
    auto& channels = configuration->channels;
    const auto orders =
        std::find_if(channels.begin(), channels.end(), [](const auto& one) { return one.name == "his-orders"; });
    BOOST_REQUIRE(orders != channels.end());
    auto& handling = orders->handling;
    handling.accept.push_back({"for radiology", rule(R"({"equals": ["MSH-6", "R"]})")});
    handling.queued.front().when = rule(R"({"event": ["O19"]})");
    BOOST_TEST(run(nw) == 0);
    BOOST_TEST(said("ORM^O01 M1  accepted"));
    BOOST_TEST(said("not wanted by, as their \"when\" says\n    his-orders/archive"), out.str());
    auto other = nw;
    other.replace(other.find("|G|R|"), 5, "|G|LAB|");
    out.str({});
    BOOST_TEST(run(other) == 0);
    BOOST_TEST(said("ORM^O01 M1  filtered: for radiology"), out.str());
    BOOST_TEST(said("MSA|AA|M1"));
}

BOOST_AUTO_TEST_CASE(for_machines) {
    options.json = true;
    BOOST_TEST(run(nw + xo) == 0);
    const auto read = json::parse(out.str());
    BOOST_REQUIRE(read.ok());
    const auto& messages = read->find("messages")->items();
    BOOST_REQUIRE_EQUAL(messages.size(), 2);
    BOOST_TEST(messages[1].find("disposition")->string() == "accepted");
    BOOST_TEST(messages[1].find("changes")->items().size() == 2);
    BOOST_TEST(messages[1].find("worklist")->items().size() == 1);
    const auto& coverage = *read->find("coverage");
    BOOST_TEST(coverage.find("messages")->integer() == 2);
    for (const auto* name : {"unread", "unmapped", "lost", "unset", "no_line"})
        BOOST_TEST(coverage.find(name)->is_array());
}

BOOST_AUTO_TEST_CASE(ends_with_what_was_lost) {
    auto lossy = nw + "ZXX|new\n";
    lossy.replace(lossy.find("CTHEAD"), 6, "NOSUCH");
    lossy.replace(lossy.find("CT head"), 7, std::string(250, 'x'));
    BOOST_TEST(run(lossy + xo) == 1);
    BOOST_TEST(said("coverage of 2 messages\n"), out.str());
    BOOST_TEST(said("  input that no mapping reads\n    ZXX-1  (1 message: M1)\n"), out.str());
    BOOST_TEST(said("    procedure: NOSUCH  (1 message: M1)\n"), out.str());
    BOOST_TEST(said(" characters, "), out.str());
    BOOST_TEST(said("  output that no message gave a value\n"));
    BOOST_TEST(said("order.admission_id"), out.str());
}

BOOST_AUTO_TEST_CASE(an_unknown_channel_is_wrong_usage) {
    options.channel = "his";
    BOOST_TEST(run(nw) == 2);
    BOOST_TEST(err.str().find("his-orders") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_exit_code_74) {
    options.files = {file.string() + ".none"};
    BOOST_TEST(run(nw) == 74);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace gantry
