// Configurations with one mistake each (tests/engine/main/broken): one problem is reported, in the right place, with
// the word that helps. And what a configuration reports as a whole.
#include <algorithm>
#include <sstream>

#include "engine/main/check.hpp"
#include "engine/main/configuration.hpp"
#include "tests/engine/main/configuration_copy.hpp"

namespace gantry {
namespace {

using testing::broken;
using testing::text_of;
using testing::write;
using Copy = testing::ConfigurationCopy;

std::string member(const json::Value& row, const char* name, const std::string& otherwise = {}) {
    const auto* value = row.find(name);
    return value ? value->string() : otherwise;
}

void check_case(const json::Value& row) {
    Copy copy;
    if (row.find("add"))
        write(copy.path() / member(row, "add"), member(row, "text"));
    else
        copy.change(member(row, "file"), member(row, "old"), member(row, "new"));
    const auto configuration = load_configuration(copy.path());
    std::string all;
    for (const auto& problem : configuration->problems) all += problem.text() + "\n";
    BOOST_TEST(configuration->problems.size() == 1u, all);
    if (configuration->problems.empty()) return;
    const auto& problem = configuration->problems.front();
    const auto expected = (copy.path() / member(row, "in", member(row, "file"))).string() + ":" + member(row, "at") +
                          ": " + member(row, "severity", "error") + " [" + member(row, "code") + "] ";
    BOOST_TEST(problem.text().substr(0, expected.size()) == expected, all);
    BOOST_TEST(problem.message.find(member(row, "word")) != std::string::npos, all);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(broken_configurations)

BOOST_AUTO_TEST_CASE(the_sound_one_has_no_problem) {
    const auto configuration = load_configuration(broken / "sound");
    for (const auto& problem : configuration->problems) BOOST_ERROR(problem.text());
    BOOST_TEST(configuration->channels.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_shipped_has_no_problem) {
    const auto configuration = load_configuration(std::filesystem::path(GANTRY_SOURCE_DIR) / "conf");
    for (const auto& problem : configuration->problems) BOOST_ERROR(problem.text());
    BOOST_TEST(!configuration->channels.empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_json_or_not_there_is_named) {
    Copy copy;
    const auto right = text_of(copy.path() / "engine.json");
    for (const std::string& text : {std::string(), std::string("{"), std::string("[]"), std::string("\xff\xfe{}"),
                                    std::string(100'000, '['), right + "}", std::string(R"({"zone": "\ud800"})")}) {
        write(copy.path() / "engine.json", text);
        const auto configuration = load_configuration(copy.path());
        BOOST_TEST(configuration->has_errors(), text.substr(0, 40));
        BOOST_REQUIRE(!configuration->problems.empty());
        BOOST_TEST(configuration->problems.front().position.line >= 1u);
    }
    std::filesystem::remove(copy.path() / "engine.json");
    const auto configuration = load_configuration(copy.path());
    BOOST_REQUIRE(configuration->has_errors());
    BOOST_CHECK(configuration->problems.front().code == ErrorCode::config_missing_file);
}

BOOST_AUTO_TEST_CASE(each_mistake_is_reported_once_where_it_is) {
    std::size_t count = 0;
    for (const auto* group : {"engine", "channels", "mappings", "tables", "together"}) {
        const auto cases = json::parse(text_of(broken / (std::string(group) + ".json")));
        BOOST_REQUIRE(cases.ok());
        for (const auto& row : cases->items()) {
            BOOST_TEST_CONTEXT(group << ": " << member(row, "mistake")) {
                check_case(row);
            }
            ++count;
        }
    }
    BOOST_TEST(count >= 60u);
}

BOOST_AUTO_TEST_CASE(mistakes_in_several_files_are_reported_in_one_run) {
    Copy copy;
    copy.change("engine.json", "8080", "80800");
    copy.change("channels/his.json", "\"ordering\"", "\"odering\"");
    copy.change("channels/his.json", "\"event\"", "\"evnt\"");
    copy.change("channels/adt.json", "{\"mllp\"", "{\"mlp\"");
    copy.change("mappings/orders.json", "\"birth_date\"", "\"birthdate\"");
    copy.change("tables/sex.json", "\"sex\": \"F\"}", "\"sex\": \"W\"}");
    copy.change("tables/priority.json", "\"key\"", "\"kye\"");
    std::ostringstream out;
    BOOST_TEST(run_check(copy.path(), false, out) == 78);
    const auto text = out.str();
    BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 8, text);
    BOOST_TEST(text.find("\n7 errors, 0 warnings: ") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(for_editors_and_other_programs) {
    Copy copy;
    copy.change("channels/his.json", "\"ordering\"", "\"odering\"");
    std::ostringstream out;
    BOOST_TEST(run_check(copy.path(), true, out) == 78);
    const auto problems = json::parse(out.str());
    BOOST_REQUIRE(problems.ok());
    BOOST_REQUIRE_EQUAL(problems->items().size(), 1u);
    const auto& problem = problems->items().front();
    BOOST_TEST(problem.find("file")->string() == (copy.path() / "channels/his.json").string());
    BOOST_TEST(problem.find("line")->integer() == 11);
    BOOST_TEST(problem.find("column")->integer() == 3);
    BOOST_TEST(problem.find("severity")->string() == "error");
    BOOST_TEST(problem.find("code")->string() == "config.unknown_option");
    BOOST_TEST(problem.find("pointer")->string() == "/odering");
}

BOOST_AUTO_TEST_CASE(warnings_alone_are_no_failure) {
    Copy copy;
    write(copy.path() / "tables/spare.json", R"({"key": ["code"], "rows": [{"code": "A", "b": "c"}]})");
    std::ostringstream out;
    BOOST_TEST(run_check(copy.path(), false, out) == 0);
    BOOST_TEST(out.str().find("warning [config.unused]") != std::string::npos, out.str());
}

BOOST_AUTO_TEST_CASE(documents_that_did_not_change_are_not_compiled_again) {
    Copy copy;
    const auto first = load_configuration(copy.path());
    const auto document = [](const Configuration& configuration, const char* name) -> const mappings::Document& {
        return configuration.mappings.at(name).document();
    };
    const auto same = load_configuration(copy.path(), first.get());
    BOOST_TEST(&document(*same, "orders") == &document(*first, "orders"));
    BOOST_CHECK(same->tables.share("sex") == first->tables.share("sex"));
    // A changed table changes who uses it, and nobody else.
    copy.change("tables/priority.json", "\"STAT\"", "\"URGENT\"");
    const auto changed = load_configuration(copy.path(), first.get());
    BOOST_TEST(!changed->has_errors());
    BOOST_TEST(&document(*changed, "orders") != &document(*first, "orders"));
    BOOST_TEST(&document(*changed, "patients") == &document(*first, "patients"));
}

// The sound one with a script and a table that only the script reads.
BOOST_AUTO_TEST_CASE(a_script_is_part_of_its_mapping) {
    Copy copy;
    write(copy.path() / "tables/ward.json", R"({"key": ["code"], "rows": [{"code": "A", "side": "L"}]})");
    write(copy.path() / "mappings/ward.lua", "orders[1].reason = tables.ward{code = 'A'}.side\n");
    copy.change("mappings/orders.json", "\"ignores\"", "\"script\": \"ward.lua\",\n  \"ignores\"");
    const auto first = load_configuration(copy.path());
    for (const auto& problem : first->problems) BOOST_ERROR(problem.text());
    const auto expected =
        std::vector<std::string>{"mappings/orders",     "mappings/patients", "scripts/ward.lua", "tables/modality",
                                 "tables/order_status", "tables/priority",   "tables/sex",       "tables/ward"};
    BOOST_TEST(first->dependencies(*first->channel("his")) == expected, boost::test_tools::per_element());
    const auto compiled_again = [&](const char* name) {
        const auto next = load_configuration(copy.path(), first.get());
        BOOST_TEST(!next->has_errors());
        return &next->mappings.at(name).document() != &first->mappings.at(name).document();
    };
    BOOST_TEST(!compiled_again("orders"));
    copy.change("tables/ward.json", "\"L\"", "\"R\"");
    BOOST_TEST(compiled_again("orders"));
    BOOST_TEST(!compiled_again("patients"));
    copy.change("tables/ward.json", "\"R\"", "\"L\"");
    BOOST_TEST(!compiled_again("orders"));
    copy.change("mappings/ward.lua", "orders[1].reason", "orders[1].comments");
    BOOST_TEST(compiled_again("orders"));
}

BOOST_AUTO_TEST_CASE(a_script_outlives_the_configuration_it_was_read_with) {
    Copy copy;
    write(copy.path() / "tables/ward.json", R"({"key": ["code"], "rows": [{"code": "A", "side": "L"}]})");
    write(copy.path() / "mappings/ward.lua", "orders[1].reason = tables.ward{code = 'A'}.side\n");
    copy.change("mappings/orders.json", "\"ignores\"", "\"script\": \"ward.lua\",\n  \"ignores\"");
    const auto mapping = load_configuration(copy.path())->mappings.at("orders");
    const auto message = hl7::Message::parse(
        "MSH|^~\\&|HIS|HOSP|GANTRY|RADIOLOGY|20261122080000||ORM^O01|M1|P|2.3.1\rPID|1||1^^^HOSP^MR||SMITH^JOHN\r"
        "ORC|NW|P1^HIS|F1^RIS||SC||||20261122080000\rOBR|1|P1^HIS|F1^RIS|C^T||||||||||||||A1||||||CT\r");
    BOOST_REQUIRE(message.ok());
    mappings::MappingContext context;
    context.accession.push_back(*hl7::Path::parse("OBR-18"));
    const auto effects = mappings::evaluate(mapping, *message, context, {});
    BOOST_TEST(!effects.error, (effects.error ? effects.error->text() : ""));
    BOOST_REQUIRE_EQUAL(effects.orders.size(), 1u);
    BOOST_TEST(effects.orders.front().fields.value(effects::OrderField::reason) == "L");
}

BOOST_AUTO_TEST_CASE(a_channel_depends_on_its_mappings_and_on_the_tables_they_and_its_rules_use) {
    Copy copy;
    copy.change("channels/adt.json", "\"mappings\"",
                "\"accept\": {\"x\": {\"exists\": {\"table\": \"priority\", \"of\": \"OBR-5\"}}},\n  \"mappings\"");
    const auto configuration = load_configuration(copy.path());
    BOOST_REQUIRE(configuration->channel("adt"));
    const std::vector<std::string> expected{"mappings/patients", "tables/priority", "tables/sex"};
    BOOST_TEST(configuration->dependencies(*configuration->channel("adt")) == expected,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry
