// What of a document and its tables a message made use of.
#include <algorithm>

#include "mappings/language/document.hpp"
#include "tests/mappings/language/shipped.hpp"

namespace gantry::mappings::testing {
namespace {

constexpr auto document = R"({"reads": "hl7", "messages": ["ORM^O01"],
  "patient": {"identifiers": "PID-3", "fields": {
    "name": ["PID-5", "PID-9"],
    "sex": {"table": "sex", "of": "PID-8"},
    "allergies": {"when": {"exists": "PID-10"}, "then": {"constant": "x"}, "else": {"join": ["PID-22", "PID-26"], "with": " "}}}}})";

struct Used {
    Used() {
        json::Diagnostics diagnostics("m.json");
        mapping = compile("m", *json::parse(document), shipped_tables(), diagnostics);
        for (const auto& problem : diagnostics.all()) BOOST_ERROR(problem.text());
        BOOST_REQUIRE(mapping);
        context.usage = true;
    }
    effects::Usage of(const std::string& pid) const {
        const auto message = message_of("MSH|^~\\&|A|B|C|D|20261122||ORM^O01|1|P|2.5\n" + pid);
        return evaluate(*mapping, message, context, received_at).usage;
    }
    // "/patient/fields/name/0", and so on, of what was used.
    std::string pointers(const effects::Usage& usage) const {
        std::vector<std::string> all;
        for (const auto id : usage.expressions)
            all.push_back(mapping->document().expressions[id - 1].pointer.substr(8));
        std::sort(all.begin(), all.end());
        std::string out;
        for (const auto& one : all) out += one + " ";
        return out;
    }

    std::optional<Mapping> mapping;
    MappingContext context = filler_context();
};

BOOST_FIXTURE_TEST_SUITE(usage, Used)

BOOST_AUTO_TEST_CASE(every_path_and_function_of_a_document_has_a_place) {
    const auto& places = mapping->document().expressions;
    BOOST_TEST(places.size() == 12);
    BOOST_REQUIRE_EQUAL(mapping->document().tables.size(), 1);
    BOOST_TEST(mapping->document().tables.front()->name() == "sex");
    const auto found = std::find_if(places.begin(), places.end(),
                                    [](const auto& place) { return place.pointer == "/patient/fields/name/1"; });
    BOOST_REQUIRE((found != places.end()));
    BOOST_TEST(found->position.line == 3);
}

BOOST_AUTO_TEST_CASE(what_gave_something_was_used) {
    const auto used = of("PID|||1||A^B||19800406|M|C^D|||||||||||||N");
    BOOST_TEST(used.document == "m");
    BOOST_TEST(pointers(used) ==
               "/fields/allergies /fields/allergies/else /fields/allergies/else/join/0 /fields/name /fields/name/0 "
               "/fields/sex /fields/sex/of /identifiers ");
    BOOST_REQUIRE_EQUAL(used.rows.size(), 1);
    BOOST_TEST(used.rows.front().table == "sex");
    BOOST_TEST(*shipped_tables().find("sex")->cell(used.rows.front().row, 0) == "M");
}

BOOST_AUTO_TEST_CASE(what_was_only_looked_at_was_not) {
    BOOST_TEST(pointers(of("PID|||1||A^B||||C^D")) == "/fields/name /fields/name/0 /identifiers ");
    BOOST_TEST(pointers(of("PID|||1||||||C^D|W")) ==
               "/fields/allergies /fields/allergies/then /fields/allergies/when/exists /fields/name /fields/name/1 "
               "/identifiers ");
    BOOST_TEST(of("PID|||1||A^B|||QQ").rows.empty());
}

BOOST_AUTO_TEST_CASE(nobody_asked_nothing_is_counted) {
    context.usage = false;
    const auto used = of("PID|||1||A^B");
    BOOST_TEST(used.document.empty());
    BOOST_TEST(used.expressions.empty());
}

BOOST_AUTO_TEST_CASE(rows_know_where_they_stand_and_tables_their_codes) {
    json::Diagnostics diagnostics("t.json");
    const auto table = Table::load(
        "t",
        *json::parse("{\"key\": [\"a\", \"b\"],\n\"rows\": [\n{\"a\": [\"x\", \"Y\"], \"b\": \"*\", \"v\": \"1\"},\n"
                     "{\"a\": \"x\", \"b\": \"z\", \"v\": \"2\"}]}"),
        diagnostics);
    BOOST_REQUIRE(table);
    BOOST_TEST(table->position(1).line == 4);
    BOOST_TEST(table->codes() == (std::vector<std::string>{"X", "Y", "Z"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace gantry::mappings::testing
