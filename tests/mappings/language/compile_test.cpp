// What an analyst is told about a document that cannot work: where, what, and what was probably meant.
#include "tests/mappings/language/shipped.hpp"

namespace gantry::mappings::testing {
namespace {

std::string all_texts(const json::Diagnostics& diagnostics) {
    std::string out;
    for (const auto& one : diagnostics.all()) out += one.text() + "\n";
    return out;
}

std::string problems(const std::string& text) {
    const auto document = json::parse(text);
    if (!document) return document.error().text();
    json::Diagnostics diagnostics("m.json");
    const auto mapping = compile("m", *document, shipped_tables(), diagnostics);
    BOOST_TEST(mapping.has_value() == !diagnostics.has_errors());
    return all_texts(diagnostics);
}

// A document whose patient section has these fields.
std::string with_fields(const std::string& fields) {
    return "{\"reads\": \"hl7\", \"messages\": [\"ADT^A08\"],\n \"patient\": {\"identifiers\": \"PID-3\", \"fields\": "
           "{\n" +
           fields + "}}}";
}

std::string with_orders(const std::string& members, const std::string& fields = "\"reason\": \"OBR-31\"") {
    return "{\"reads\": \"hl7\", \"messages\": [\"ORM^O01\"],\n"
           " \"patient\": {\"identifiers\": \"PID-3\", \"fields\": {\"name\": \"PID-5\"}},\n"
           " \"orders\": {\"each\": \"ORC\", \"control\": \"ORC-1\", \"status\": \"ORC-5\", \"actions\": "
           "\"order_status\",\n"
           "  \"placer\": \"ORC-2\", \"event_time\": \"ORC-9\"" +
           members + ",\n  \"fields\": {" + fields + "}}}";
}

std::string with_section(const std::string& section, const std::string& message = "ADT^A40") {
    return "{\"reads\": \"hl7\", \"messages\": [\"" + message +
           "\"],\n"
           " \"patient\": {\"identifiers\": \"PID-3\", \"fields\": {\"name\": \"PID-5\"}},\n " +
           section + "}";
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

struct Broken {
    std::string document;
    std::vector<std::string> says;
};

std::string table_problems(const std::string& text) {
    const auto document = json::parse(text);
    if (!document) return document.error().text();
    json::Diagnostics diagnostics("t.json");
    const auto table = Table::load("t", *document, diagnostics);
    BOOST_TEST(table.has_value() == !diagnostics.has_errors());
    return all_texts(diagnostics);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(compiling)

BOOST_AUTO_TEST_CASE(paths_that_can_find_nothing) {
    const std::string says = "[config.no_such_place] no message that comes here has this place: ";
    BOOST_TEST(has(problems(with_fields("\"name\": \"PID-55\"")), says + "PID has 40 fields in 2.8"));
    BOOST_TEST(has(problems(with_fields("\"name\": \"PID-5\", \"sex\": \"PIX-8\"")), ", did you mean \"PID\"?"));
    BOOST_TEST(has(problems(with_fields("\"name\": [\"PID-5\", \"TXA-4\"]")), says + "TXA is no part of ADT^A08"));
    BOOST_TEST(has(problems(with_orders("", "\"reason\": {\"coded\": \"MRG-1\"}")), says));
    BOOST_TEST(has(problems(with_orders(", \"filler\": [\"ORC-3\", \"PID-3.22\"]")), says));
    BOOST_TEST(problems(with_fields("\"name\": [\"PID-5\", \"ZPI-77.3\"]")) == "");
}

BOOST_AUTO_TEST_CASE(senders_add_segments) {
    const auto with_beyond = [](const std::string& beyond) {
        return problems(
            "{\"reads\": \"hl7\", \"messages\": [\"ADT^A08\"], \"beyond\": " + beyond +
            ",\n \"patient\": {\"identifiers\": \"PID-3\", \"fields\": {\"name\": [\"PID-5\", \"TXA-4\"]}}}");
    };
    BOOST_TEST(with_beyond("[\"TXA\"]") == "");
    BOOST_TEST(has(with_beyond("[\"OBX\"]"), "TXA is no part of"));
    BOOST_TEST(has(with_beyond("[\"txa\"]"), "config.bad_path"));
    BOOST_TEST(has(with_beyond("[7]"), "config.wrong_type"));
}

BOOST_AUTO_TEST_CASE(a_small_document_compiles) {
    BOOST_TEST(problems(with_fields("\"name\": \"PID-5\"")) == "");
    BOOST_TEST(problems(with_orders("")) == "");
}

BOOST_AUTO_TEST_CASE(the_example_of_the_specification_compiles) {
    const auto page = file_text(std::string(GANTRY_SOURCE_DIR) + "/docs/specs/mapping-language.md");
    const auto begin = page.find("```json\n") + 8;
    BOOST_TEST(problems(page.substr(begin, page.find("```", begin) - begin)) == "");
}

BOOST_AUTO_TEST_CASE(problems_have_position_pointer_and_suggestion) {
    const Broken rows[] = {
        {with_fields("  \"nmae\": \"PID-5\""),
         {"m.json:3:3: error [config.unknown_name]", "did you mean \"name\"", "/patient/fields/nmae"}},
        {with_fields("\"name\": \"PID5\""), {"m.json:3:9: error [config.bad_path]", "PID5", "/patient/fields/name"}},
        {with_fields("\"sex\": {\"table\": \"sexx\", \"of\": \"PID-8\"}"),
         {"[config.unknown_name]", "did you mean \"sex\"", "/patient/fields/sex/table"}},
        {with_fields("\"sex\": {\"table\": \"sex\"}"), {"[config.missing_option]", "\"of\""}},
        {with_fields("\"sex\": {\"table\": \"sex\", \"off\": \"PID-8\"}"),
         {"[config.unknown_option]", "did you mean \"of\"", "m.json:3:25"}},
        {with_fields("\"sex\": {\"table\": \"sex\", \"of\": \"PID-8\", \"miss\": \"rejekt\"}"),
         {"did you mean \"reject\"", "/patient/fields/sex/miss"}},
        {with_fields("\"sex\": {\"table\": \"priority\", \"of\": \"PID-8\"}"),
         {"[config.bad_mapping]", "this table gives a field what it cannot take"}},
        {with_fields("\"sex\": {\"constant\": \"W\"}"), {"[config.bad_mapping]", "the field cannot take \"W\""}},
        {with_fields("\"sex\": {\"table\": \"modality\", \"of\": \"PID-8\", \"value\": \"modalty\"}"),
         {"did you mean \"modality\"", "/value"}},
        {with_fields("\"address\": {\"jion\": \"PID-11\"}"),
         {"[config.bad_mapping]", "there is no function \"jion\"", "did you mean \"join\""}},
        {with_fields("\"address\": {\"join\": {\"constant\": \"x\"}}"), {"[config.bad_mapping]", "only paths"}},
        {with_fields("\"address\": []"), {"[config.wrong_type]", "/patient/fields/address"}},
        {with_fields("\"address\": 7"), {"[config.wrong_type]", "a path, a list of alternatives or a function"}},
        {with_fields("\"address\": {\"parts\": \"PID-11\", \"of\": [0]}"), {"a component is a number from 1"}},
        {with_fields("\"address\": {\"same_as\": \"name\"}"), {"no field above this one is named \"name\""}},
        {with_fields("\"birth_date\": {\"cut\": \"PID-7\"}"), {"only a text"}},
        {with_fields("\"deceased\": {\"when\": {\"equels\": [\"PID-30\", \"Y\"]}, \"then\": \"PID-29\"}"),
         {"there is no condition \"equels\"", "did you mean \"equals\"", "m.json:3:23"}},
        {with_fields("\"deceased\": {\"when\": {\"exists\": \"PID-30\"}}"), {"\"then\""}},
        {with_fields("\"address\": {\"channel\": \"nme\"}"),
         {"a channel has no setting \"nme\", did you mean \"name\""}},
        {with_orders(", \"splitt\": \"OBR\""), {"[config.unknown_option]", "did you mean \"split\"", "/orders/splitt"}},
        {with_orders(", \"split\": \"obr\""), {"[config.bad_path]", "/orders/split"}},
        {with_orders(", \"steps\": {\"fields\": {\"modality\": {\"same_as\": \"order.modalty\"}}}",
                     "\"modality\": \"OBR-24\""),
         {"did you mean \"modality\""}},
        {with_orders("", "\"weight\": {\"quantity\": \"wait\", \"observations\": \"observation\"}"),
         {"there is no quantity \"wait\""}},
        {with_orders("", "\"urgency\": {\"most_urgent\": [\"OBR-5\"], \"table\": \"priorty\"}"),
         {"did you mean \"priority\""}},
        {"{\"reads\": \"hl7\", \"mesages\": [\"ADT^A08\"]}", {"did you mean \"messages\"", "m.json:1:18"}},
        {"{\"reads\": \"hl8\", \"messages\": [\"ADT^A08\"]}", {"a mapping cannot read \"hl8\""}},
        {"{\"reads\": \"hl7\", \"messages\": [\"ADT-A08\"]}", {"write type^event"}},
        {"[]", {"[config.wrong_type]"}},
        {"{\"reads\": \"hl7\",", {"not valid JSON"}}};
    for (const auto& row : rows) {
        const auto text = problems(row.document);
        for (const auto& part : row.says) BOOST_TEST(has(text, part), row.document << "\n" << part << "\n" << text);
    }
}

BOOST_AUTO_TEST_CASE(one_mistake_is_one_problem) {
    for (const auto& document :
         {with_fields("\"sex\": {\"table\": \"sex\", \"off\": \"PID-8\"}"), with_orders(", \"splitt\": \"OBR\""),
          std::string("{\"reads\": \"hl7\", \"mesages\": [\"ADT^A08\"]}")}) {
        const auto text = problems(document);
        BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 1, text);
    }
}

BOOST_AUTO_TEST_CASE(a_table_that_gives_what_a_field_cannot_take_is_shown_where_it_does) {
    json::Diagnostics of_table("tables/sex.json"), diagnostics("m.json");
    auto table = Table::load(
        "sex", *json::parse("{\"key\": [\"code\"], \"rows\": [\n{\"code\": \"M\", \"sex\": \"X\"}]}"), of_table);
    BOOST_REQUIRE(table);
    Tables tables;
    tables.add(std::move(*table));
    BOOST_TEST(!compile("m", *json::parse(with_fields("\"sex\": {\"table\": \"sex\", \"of\": \"PID-8\"}")), tables,
                        diagnostics));
    BOOST_TEST(has(all_texts(diagnostics), "tables/sex.json:2:22: error [config.bad_mapping]"));
    BOOST_TEST(has(all_texts(diagnostics), "(at /rows/0/sex)"));
}

BOOST_AUTO_TEST_CASE(a_broken_table_is_not_reported_again_by_those_who_name_it) {
    Tables tables;
    tables.add_broken("sex");
    json::Diagnostics diagnostics("m.json");
    BOOST_TEST(!compile("m", *json::parse(with_fields("\"sex\": {\"table\": \"sex\", \"of\": \"PID-8\"}")), tables,
                        diagnostics));
    BOOST_TEST(all_texts(diagnostics) == "");
}

BOOST_AUTO_TEST_CASE(a_mapping_keeps_the_tables_it_uses) {
    std::optional<Mapping> mapping;
    {
        Tables tables;
        json::Diagnostics diagnostics("m.json");
        tables.add(std::make_shared<const Table>(*shipped_tables().find("sex")));
        mapping = compile("m", *json::parse(with_fields("\"sex\": {\"table\": \"sex\", \"of\": \"PID-8\"}")), tables,
                          diagnostics);
    }
    BOOST_REQUIRE(mapping);
    BOOST_REQUIRE_EQUAL(mapping->tables().size(), 1u);
    BOOST_TEST(mapping->tables().front()->name() == "sex");
}

BOOST_AUTO_TEST_CASE(all_problems_at_once) {
    const auto text = problems(with_fields("\"nmae\": \"PID-5\",\n\"sex\": \"PID8\",\n\"address\": 7"));
    BOOST_TEST(has(text, "m.json:3:"));
    BOOST_TEST(has(text, "m.json:4:"));
    BOOST_TEST(has(text, "m.json:5:"));
}

BOOST_AUTO_TEST_CASE(tables) {
    BOOST_TEST(has(table_problems("{\"key\": [\"code\"], \"rows\": [{\"kode\": \"A\", \"x\": \"1\"}]}"),
                   "the row has no \"code\""));
    BOOST_TEST(has(table_problems("{\"key\": [\"code\"], \"rows\": [{\"code\": \"A\"}, {\"code\": \"a\"}]}"),
                   "[config.duplicate]"));
    BOOST_TEST(has(table_problems("{\"key\": [\"code\"], \"rows\": [{\"code\": 7}]}"), "/rows/0/code"));
    BOOST_TEST(has(table_problems("{\"key\": [], \"rows\": [{\"code\": \"A\"}]}"), "/key"));
    BOOST_TEST(has(table_problems("{\"keys\": [\"code\"], \"rows\": []}"), "did you mean \"key\""));
}

BOOST_AUTO_TEST_CASE(the_most_specific_row_wins) {
    const auto document = json::parse(
        "{\"key\": [\"a\", \"b\"], \"rows\": [{\"a\": \"*\", \"b\": \"*\", \"v\": \"any\"}, {\"a\": \"*\", \"b\": "
        "\"2\", \"v\": \"b\"},"
        "{\"a\": \"1\", \"b\": \"*\", \"v\": \"a\"}, {\"a\": \"1\", \"b\": [\"2\", \"3\"], \"v\": \"ab\"}]}");
    json::Diagnostics diagnostics("t.json");
    const auto table = Table::load("t", *document, diagnostics);
    BOOST_REQUIRE(table);
    const auto find = [&](std::string_view a, std::string_view b) {
        const std::string_view key[] = {a, b};
        return *table->cell(*table->find(key), 0);
    };
    BOOST_TEST(find("1", "3") == "ab");
    BOOST_TEST(find("1", "9") == "a");
    BOOST_TEST(find("9", "2") == "b");
    BOOST_TEST(find("9", "9") == "any");
}

BOOST_AUTO_TEST_CASE(one_document_per_message) {
    MappingSet set = shipped_mappings();
    BOOST_TEST(!set.add(shipped_mappings().all().front()));
}

BOOST_AUTO_TEST_CASE(merges_say_what_they_are_of) {
    const auto merges = [](const std::string& members) {
        return problems(with_section("\"merges\": [{\"each\": \"PID\", \"survivor\": \"PID-3\", " + members + "}]"));
    };
    BOOST_TEST(merges("\"prior\": \"MRG-1\"") == "");
    BOOST_TEST(merges("\"of\": \"visit\", \"prior_number\": \"MRG-5\"") == "");
    BOOST_TEST(has(merges("\"of\": \"visits\", \"prior\": \"MRG-1\""), "did you mean \"visit\""));
    BOOST_TEST(has(merges("\"of\": \"undo\", \"prior\": \"MRG-1\""), "/merges/0/of"));
    BOOST_TEST(has(merges("\"of\": \"account\", \"prior\": \"MRG-1\""), "\"prior_number\""));
    BOOST_TEST(has(merges("\"of\": \"patient\""), "\"prior\""));
}

BOOST_AUTO_TEST_CASE(schedules_need_their_table) {
    const auto schedule = [](const std::string& actions, const std::string& items) {
        return problems(with_section(
            "\"schedule\": {\"head\": \"SCH\", \"each\": \"RGS\", \"split\": \"AIS\", \"services\": [\"AIS\"], "
            "\"event\": "
            "\"MSH-9.2\", \"status\": \"SCH-25\", \"placer\": \"SCH-26\", \"event_time\": \"MSH-7\", \"actions\": \"" +
                actions + "\", \"items\": {\"fields\": {" + items + "}}}",
            "SIU^S12"));
    };
    BOOST_TEST(schedule("schedule_status", "\"start_date\": \"AIS-4\"") == "");
    BOOST_TEST(has(schedule("schedule_statuses", ""), "did you mean \"schedule_status\""));
    BOOST_TEST(has(schedule("sex", ""), "key columns"));
    BOOST_TEST(has(schedule("schedule_status", "\"start\": \"AIS-4\""), "/schedule/items/fields/start"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::mappings::testing
