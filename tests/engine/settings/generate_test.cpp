#include "engine/settings/generate.hpp"

#include <array>
#include <boost/test/unit_test.hpp>

#include "mllp_example.hpp"

using namespace gantry;

namespace {

json::Value parsed(const std::string& text) {
    auto tree = json::parse(text);
    BOOST_REQUIRE_MESSAGE(tree.ok(), (tree.ok() ? std::string() : tree.error().text() + "\n" + text));
    return std::move(tree).value();
}

const json::Value& at(const json::Value& tree, std::initializer_list<std::string_view> path) {
    const json::Value* value = &tree;
    for (const auto key : path) {
        value = value->find(key);
        BOOST_REQUIRE_MESSAGE(value, "no member " << key);
    }
    return *value;
}

bool holds(const std::string& text, std::string_view part) {
    const bool found = text.find(part) != std::string::npos;
    if (!found) BOOST_TEST_MESSAGE(text);
    return found;
}

std::array<settings::Description, 2> descriptions() {
    return {example::mllp_schema().description(), example::retry_schema().description()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(settings_generate)

BOOST_AUTO_TEST_CASE(the_default_document_reads_as_the_defaults) {
    const auto& schema = example::mllp_schema();
    const auto text = settings::default_document(schema.description());
    json::Diagnostics problems("default.json");
    const auto options = schema.read(parsed(text), "", problems, settings::Environment());
    for (const auto& problem : problems.all()) BOOST_ERROR(problem.text());
    example::MllpOptions expected;
    expected.station = "CT1";  // required, so its example stands there
    BOOST_TEST(settings::value_text(schema.describe(options)) == settings::value_text(schema.describe(expected)));
}

BOOST_AUTO_TEST_CASE(the_default_document_explains_each_option) {
    const auto text = settings::default_document(example::mllp_schema().description());
    BOOST_TEST(holds(text, "// HL7 v2 over a TCP connection.\n{\n"));
    BOOST_TEST(holds(text, "  // TCP port (whole number, 1 to 65535)\n  \"port\": 2575,\n"));
    BOOST_TEST(holds(text, "  // station | name (text, required)\n  \"station\": \"CT1\",\n"));
    BOOST_TEST(holds(text, "  // closes a silent connection after this (duration, 1s to 1h)\n  \"idle\": \"5m\",\n"));
    BOOST_TEST(holds(text, "  // \"peer\": \"pacs.example:104\",\n"));
    BOOST_TEST(holds(text, "  // \"tls\": {\n  //   // PEM file (text, required)\n  //   // \"certificate\": …,\n"));
    BOOST_TEST(holds(text, "  \"retry\": {\n    // how often (whole number, 1 to 100)\n    \"attempts\": 3,\n"));
}

BOOST_AUTO_TEST_CASE(several_make_one_document) {
    const auto both = descriptions();
    const auto tree = parsed(settings::default_document(both));
    BOOST_TEST(at(tree, {"mllp", "port"}).integer() == 2575);
    BOOST_TEST(at(tree, {"retry", "attempts"}).integer() == 5);
    BOOST_TEST(parsed(settings::default_document(std::span<const settings::Description>())).members().empty());
}

BOOST_AUTO_TEST_CASE(the_reference_has_a_row_per_option) {
    const auto both = descriptions();
    const auto text = settings::reference_markdown(both);
    BOOST_TEST(holds(text, "## mllp\n\nHL7 v2 over a TCP connection.\n\n| option | type | default | description |\n"));
    BOOST_TEST(holds(text, "| `station` | text | required | station \\| name; for example `\"CT1\"` |\n"));
    BOOST_TEST(holds(text, "| `port` | whole number, 1 to 65535 | `2575` | TCP port |\n"));
    BOOST_TEST(holds(text, "| `password` | secret | not set | password |\n"));
    BOOST_TEST(holds(text, "| `keys` | names with secrets | `{}` | keys by name |\n"));
    BOOST_TEST(holds(text, "| `mode` | \"original\" or \"enhanced\" | `\"original\"` | acknowledgment mode |\n"));
    BOOST_TEST(holds(text, "| `tls.certificate` | text | required | PEM file |\n"));
    BOOST_TEST(holds(text, "| `retry.attempts` | whole number, 1 to 100 | `3` | how often |\n"));
    BOOST_TEST(holds(text, "| `tables[].rows` | whole number | `0` | how many |\n"));
    BOOST_TEST(holds(text, "\n## retry\n"));
}

BOOST_AUTO_TEST_CASE(the_schema_is_json_and_says_what_the_reader_accepts) {
    const auto tree = parsed(settings::json_schema(example::mllp_schema().description()));
    BOOST_TEST(at(tree, {"$schema"}).string() == "https://json-schema.org/draft/2020-12/schema");
    BOOST_TEST(!at(tree, {"additionalProperties"}).boolean());
    BOOST_TEST(at(tree, {"required"}).items().at(0).string() == "station");
    BOOST_TEST(at(tree, {"properties", "port", "maximum"}).integer() == 65535);
    BOOST_TEST(at(tree, {"properties", "port", "default"}).integer() == 2575);
    BOOST_TEST(at(tree, {"properties", "idle", "pattern"}).string() == R"(^[0-9]+(ms|s|m|h|d)$|\$\{[A-Za-z_])");
    BOOST_TEST(at(tree, {"properties", "mode", "anyOf"}).items().size() == 2u);
    BOOST_TEST(at(tree, {"properties", "password", "oneOf"}).items().size() == 3u);
    BOOST_TEST(at(tree, {"properties", "keys", "additionalProperties", "oneOf"}).items().size() == 3u);
    BOOST_TEST(at(tree, {"properties", "tls", "anyOf"}).items().size() == 2u);
    BOOST_TEST(at(tree, {"properties", "tables", "items", "required"}).items().size() == 1u);
    BOOST_TEST(!at(tree, {"properties", "station"}).find("default"));
}

BOOST_AUTO_TEST_CASE(several_make_one_schema) {
    const auto both = descriptions();
    const auto tree = parsed(settings::json_schema(both));
    BOOST_TEST(at(tree, {"properties", "mllp", "properties", "port", "minimum"}).integer() == 1);
    BOOST_TEST(at(tree, {"properties", "retry", "type"}).string() == "object");
}

BOOST_AUTO_TEST_SUITE_END()
