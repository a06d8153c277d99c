#include "engine/main/case_new.hpp"

#include <unistd.h>

#include <fstream>
#include <sstream>

#include "engine/json/value.hpp"
#include "engine/main/case_run.hpp"
#include "engine/main/case_tests.hpp"

namespace gantry {
namespace {

namespace fs = std::filesystem;

const std::string order =
    "MSH|^~\\&|HIS|H|G|R|20261123090000||ORM^O01|M1|P|2.5.1\nPID|1||S1000042^^^X^MR||SCHUSTER^ADELHEID||19800406|F\n"
    "ORC|NW|P1^HIS|||SC||^^^202611231000||20261123090000\n"
    "OBR|1|P1^HIS||CTHEAD^CT head^LOCAL||||||||||||||A1|||||||||||||^Mrs Schuster fell\n";
const std::string cancel =
    "MSH|^~\\&|HIS|H|G|R|20261123091500||ORM^O01|M2|P|2.5.1\nPID|1||S1000042^^^X^MR||SCHUSTER^ADELHEID||19800406|F\n"
    "ORC|CA|P1^HIS|||||||20261123091500\nOBR|1|P1^HIS||CTHEAD^CT head^LOCAL||||||||||||||A1\n";

struct NewCase {
    NewCase()
        : configuration(load_configuration(fs::path(GANTRY_SOURCE_DIR) / "conf")),
          directory(fs::temp_directory_path() / ("gantry_case_new_" + std::to_string(::getpid()))) {
        fs::create_directories(directory);
        options.channel = "his-orders";
        options.file = directory / "sent.hl7";
        options.out = directory / "new.case.json";
    }
    ~NewCase() { fs::remove_all(directory); }

    int run(const std::string& messages) {
        std::ofstream(options.file) << messages;
        return run_case_new(*configuration, options, out, err);
    }
    std::string text(const std::string& messages, const char* channel = "his-orders", bool keep = false) const {
        const auto made = new_case(*configuration, *configuration->channel(channel), messages, keep);
        if (!made) BOOST_ERROR(made.error().text());
        BOOST_REQUIRE(made.ok());
        return *made;
    }

    std::unique_ptr<Configuration> configuration;
    fs::path directory;
    NewCaseOptions options;
    std::ostringstream out, err;
};

std::string string_at(const json::Value& value, std::initializer_list<std::string_view> path) {
    const auto* at = &value;
    for (const auto name : path) {
        at = at->is_array() ? &at->items().at(static_cast<std::size_t>(std::stoi(std::string(name)))) : at->find(name);
        BOOST_REQUIRE_MESSAGE(at, name);
    }
    return at->string();
}

BOOST_FIXTURE_TEST_SUITE(case_new, NewCase)

BOOST_AUTO_TEST_CASE(a_case_passes_and_holds_no_person) {
    const auto made = text(order + cancel);
    BOOST_TEST(run_case(*configuration, "made", made).passed());
    for (const auto* told : {"SCHUSTER", "Schuster", "ADELHEID", "S1000042", "19800406", "20261123", "M1"})
        BOOST_TEST(made.find(told) == std::string::npos, told << " in " << made);
    const auto read = json::parse(made);
    BOOST_REQUIRE(read.ok());
    BOOST_TEST(string_at(*read, {"inputs", "0", "expect", "ack", "MSA-1"}) == "AA");
    BOOST_TEST(string_at(*read, {"inputs", "0", "expect", "records", "1", "what"}) == "created");
    BOOST_TEST(string_at(*read, {"inputs", "1", "expect", "records", "1", "what"}) == "updated");
    BOOST_TEST(string_at(*read, {"expect", "orders", "0", "status"}) == "CANCELLED");
    BOOST_TEST(string_at(*read, {"expect", "orders", "0", "procedure_code"}) == "CTHEAD");
    BOOST_TEST(string_at(*read, {"expect", "patients", "0", "sex"}) == "F");
    BOOST_TEST(string_at(*read, {"clock"}).ends_with(":00:00Z"));
    BOOST_TEST(string_at(*read, {"inputs", "1", "clock"}).ends_with(":15:00Z"));
}

BOOST_AUTO_TEST_CASE(an_open_order_is_expected_in_the_worklist) {
    const auto read = json::parse(text(order));
    BOOST_TEST(string_at(*read, {"expect", "worklist", "0", "answer", "0", "Modality"}) == "CT");
    BOOST_TEST(string_at(*read, {"expect", "worklist", "0", "answer", "0", "ScheduledProcedureStepStartTime"}) ==
               "100000");
}

BOOST_AUTO_TEST_CASE(the_same_bytes_give_the_same_case) {
    BOOST_TEST(text(order + cancel) == text(order + cancel));
}

BOOST_AUTO_TEST_CASE(a_message_that_is_rejected_makes_a_case_too) {
    auto wrong = order;
    wrong.replace(wrong.find("ORC|NW"), 6, "ORC|QQ");
    const auto read = json::parse(text(wrong));
    BOOST_TEST(string_at(*read, {"inputs", "0", "expect", "outcome"}) == "rejected");
    BOOST_TEST(string_at(*read, {"inputs", "0", "expect", "error"}) == "order.unknown_control");
}

BOOST_AUTO_TEST_CASE(numbers_stay_when_asked) {
    const auto made = text(order, "his-orders", true);
    BOOST_TEST(made.find("S1000042") != std::string::npos);
    BOOST_TEST(made.find("SCHUSTER") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_shipped_sample_becomes_a_case) {
    for (const auto& entry : fs::directory_iterator(fs::path(GANTRY_SOURCE_DIR) / "conf" / "samples")) {
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in), {}};
        BOOST_TEST(run_case(*configuration, "made", text(bytes)).passed(), entry.path());
    }
}

BOOST_AUTO_TEST_CASE(it_is_written_where_nothing_is_yet) {
    BOOST_TEST(run(order) == 0, err.str());
    BOOST_TEST(out.str().find("new.case.json passes") != std::string::npos);
    std::ostringstream said;
    BOOST_TEST(run_tests(*configuration, {{options.out}, false, {}}, said) == 0, said.str());
    BOOST_TEST(run(order) == 2);
    BOOST_TEST(err.str().find("exists") != std::string::npos);
    options.out.clear();
    out.str({});
    BOOST_TEST(run(order) == 0);
    BOOST_TEST(json::parse(out.str()).ok());
}

BOOST_AUTO_TEST_CASE(mistakes_are_said) {
    BOOST_TEST(run("no message") == 1);
    BOOST_TEST(err.str().find("sent.hl7") != std::string::npos);
    options.channel = "his-order";
    BOOST_TEST(run(order) == 2);
    BOOST_TEST(err.str().find("his-orders") != std::string::npos);
    options.channel = "his-orders";
    options.file = directory / "none";
    BOOST_TEST(run_case_new(*configuration, options, out, err) == 74);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace gantry
