#include "engine/main/configuration.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/engine/store/temporary_directory.hpp"

using namespace gantry;

namespace {

// Every problem of an engine.json with these members, one line each.
std::string problems_with(const std::string& members) {
    const store::testing::TemporaryDirectory directory;
    const std::string from = GANTRY_SOURCE_DIR;
    std::ofstream(directory.path() / "engine.json")
        << R"({"channels": ")" << from << R"(/channels/definitions", "mappings": ")" << from
        << R"(/mappings/documents", "tables": ")" << from << R"(/mappings/tables", )" << members << "}";
    std::string out;
    const auto configuration = load_configuration(directory.path());
    for (const auto& problem : configuration->problems) out += problem.text() + "\n";
    return out;
}

std::string problems(const std::string& dicom) {
    return problems_with("\"dicom\": " + dicom);
}

std::string retention_problems(const std::string& retention, const std::string& others = {}) {
    return problems_with(others + "\"retention\": " + retention);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(configuration)

BOOST_AUTO_TEST_CASE(a_modality_as_a_site_describes_it) {
    BOOST_TEST(problems(R"({"calling_aes": [{"ae_title": "CT01", "character_sets": ["ISO_IR 100", "ISO 2022 IR 87"],
                            "separate_date_time": true, "limit_to_calling_ae": true, "cap": 200}],
                            "window": {"days_before": 2, "days_after": 30}, "max_associations": 50})") == "");
}

BOOST_AUTO_TEST_CASE(what_no_modality_can_be_is_found_before_the_start) {
    const auto title = problems(R"({"calling_aes": [{"ae_title": "A-TITLE-OF-17-CHRS"}]})");
    BOOST_TEST(title.find("/dicom/calling_aes/0/ae_title") != std::string::npos, title);
    const auto set = problems(R"({"calling_aes": [{"ae_title": "CT01", "character_sets": ["ISO_IR 1000"]}]})");
    BOOST_TEST(set.find("\"ISO_IR 1000\" is no character set that can be written; there are ISO_IR 6, ISO_IR 100") !=
                   std::string::npos,
               set);
    BOOST_TEST(problems(R"({"ae_title": ""})").find("/dicom/ae_title") != std::string::npos);
    BOOST_TEST(problems(R"({"window": {"days_after": -1}})").find("/dicom/window/days_after") != std::string::npos);
    BOOST_TEST(problems(R"({"max_associations": 0})").find("/dicom/max_associations") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(retention_as_a_site_describes_it) {
    BOOST_TEST(retention_problems(R"({"bodies": {"age": "90d"}, "messages": {"age": "365d", "count": 10000000},
                                      "size": "50GB", "every": "1h", "pause": "50ms", "batch": 500})") == "");
    BOOST_TEST(retention_problems(R"({"messages": {"age": "7d"}})") == "");
    BOOST_TEST(retention_problems(R"({"bodies": {"age": "1h"}})") == "");
    BOOST_TEST(!EngineOptions().retention.worker_options().policy.limits_anything());
}

BOOST_AUTO_TEST_CASE(retention_that_promises_too_much_is_found_before_the_start) {
    const auto has = [](const std::string& text, const std::string& part) { return text.find(part) != text.npos; };
    BOOST_TEST(has(retention_problems(R"({"bodies": {"age": "90d"}, "messages": {"age": "89d"}})"),
                   "messages.age is shorter than bodies.age"));
    BOOST_TEST(has(retention_problems(R"({"messages": {"age": "6d"}})"), "shorter than duplicate_window, 7d"));
    BOOST_TEST(retention_problems(R"({"messages": {"age": "6d"}})", R"("duplicate_window": "1d", )") == "");
    BOOST_TEST(has(retention_problems(R"({"bodies": {"age": "soon"}})"), "/retention/bodies/age"));
    BOOST_TEST(has(retention_problems(R"({"bodies": {"age": "1s"}})"), "/retention/bodies/age"));
    BOOST_TEST(has(retention_problems(R"({"messages": {"count": 0}})"), "/retention/messages/count"));
    BOOST_TEST(has(retention_problems(R"({"size": "1kB"})"), "/retention/size"));
    BOOST_TEST(has(retention_problems(R"({"batch": 0})"), "/retention/batch"));
    BOOST_TEST(has(retention_problems(R"({"bodies": {"ages": "90d"}})"), "age"));
}

BOOST_AUTO_TEST_SUITE_END()
