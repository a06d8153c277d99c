// Parts of values by regular expressions and separators, and what a message must be like.
#include "mappings/language/patterns.hpp"

#include "tests/mappings/language/shipped.hpp"

namespace gantry::mappings::testing {
namespace {

// Quotes stand as ' in the arguments.
std::string quoted(std::string text) {
    for (auto& c : text) c = c == '\'' ? '"' : c;
    return text;
}

std::optional<Mapping> compiled(const std::string& members, json::Diagnostics& problems) {
    const auto text = quoted("{'reads': 'hl7', 'messages': ['ADT^A08'], " + members + "}");
    const auto document = json::parse(text);
    BOOST_REQUIRE_MESSAGE(document.ok(), text);
    return compile("m", *document, shipped_tables(), problems);
}

std::string field(const std::string& expression) {
    return "'patient': {'identifiers': 'PID-3', 'fields': {'allergies': " + expression + "}}";
}

effects::Effects effects_of(const std::string& members, const std::string& value) {
    json::Diagnostics problems("m.json");
    const auto mapping = compiled(members, problems);
    for (const auto& problem : problems.all()) BOOST_ERROR(problem.text());
    BOOST_REQUIRE(mapping);
    const auto message =
        message_of("MSH|^~\\&|A|B|C|D|20261122||ADT^A08|1|P|2.5\nPID|||7^^^A^MR||Doe^Jane|||||" + value);
    return evaluate(*mapping, message, filler_context(), received_at);
}

// What the expression says of a PID-10 with this value.
std::string said(const std::string& expression, const std::string& value) {
    const auto effects = effects_of(field(expression), value);
    BOOST_REQUIRE(effects.patient);
    const auto& change = effects.patient->fields[effects::PatientField::allergies];
    switch (change.says) {
        case effects::FieldChange::Says::nothing:
            return "(nothing)";
        case effects::FieldChange::Says::clear:
            return "(deleted)";
        default:
            return change.value;
    }
}

std::string problem_of(const std::string& members) {
    json::Diagnostics problems("m.json");
    BOOST_TEST(!compiled(members, problems));
    BOOST_REQUIRE_EQUAL(problems.all().size(), 1u);
    return problems.all().front().text();
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mapping_patterns)

BOOST_AUTO_TEST_CASE(a_match_gives_a_group_or_the_whole) {
    const std::string number = "{'match': 'PID-10', 'pattern': '^([A-Z]+)-([0-9]+)$'";
    BOOST_TEST(said(number + "}", "AB-12") == "AB");
    BOOST_TEST(said(number + ", 'give': '$2/$1$$'}", "AB-12") == "12/AB$");
    BOOST_TEST(said(number + ", 'give': '$0'}", "AB-12") == "AB-12");
    BOOST_TEST(said("{'match': 'PID-10', 'pattern': '[0-9]+'}", "AB-12-34") == "12");
    BOOST_TEST(said(number + "}", "ab-12") == "(nothing)");
    BOOST_TEST(said("{'match': 'PID-10', 'pattern': 'x(y)?'}", "x") == "(nothing)");
    BOOST_TEST(said(number + "}", "\"\"") == "(deleted)");
    BOOST_TEST(said(number + "}", "") == "(nothing)");
    BOOST_TEST(said("[" + number + "}, {'constant': 'none'}]", "ab") == "none");
}

BOOST_AUTO_TEST_CASE(everything_found_is_replaced) {
    BOOST_TEST(said("{'replace': 'PID-10', 'pattern': '[ .]+', 'with': '-'}", "a.b  c. d") == "a-b-c-d");
    BOOST_TEST(said("{'replace': 'PID-10', 'pattern': '(.)x', 'with': '$1$1'}", "axbxc") == "aabbc");
    BOOST_TEST(said("{'replace': 'PID-10', 'pattern': 'x*', 'with': '-'}", "aéx") == "-a-é--");
    BOOST_TEST(said("{'replace': 'PID-10', 'pattern': '^UNKNOWN$', 'with': ''}", "UNKNOWN") == "(nothing)");
    BOOST_TEST(said("{'replace': 'PID-10', 'pattern': 'q', 'with': 'u'}", "abc") == "abc");
}

BOOST_AUTO_TEST_CASE(pieces_are_counted_from_either_end) {
    const auto piece = [](const std::string& n, const std::string& value) {
        return said("{'split': 'PID-10', 'at': '--', 'piece': " + n + "}", value);
    };
    BOOST_TEST(piece("1", "a--b--c") == "a");
    BOOST_TEST(piece("3", "a--b--c") == "c");
    BOOST_TEST(piece("-1", "a--b--c") == "c");
    BOOST_TEST(piece("-3", "a--b--c") == "a");
    BOOST_TEST(piece("4", "a--b--c") == "(nothing)");
    BOOST_TEST(piece("-4", "a--b--c") == "(nothing)");
    BOOST_TEST(piece("2", "a----c") == "(nothing)");
    BOOST_TEST(piece("1", "abc") == "abc");
    BOOST_TEST(piece("-9223372036854775808", "a--b") == "(nothing)");
}

BOOST_AUTO_TEST_CASE(a_message_that_lacks_what_is_required_is_refused_with_the_sentence) {
    const auto members =
        "'requires': {'PID-10 is a number': {'matches': ['PID-10', '^[0-9]+$']}, "
        "'never asked': {'exists': 'PID-11'}}, " +
        field("'PID-10'");
    const auto refused = effects_of(members, "12a");
    BOOST_CHECK(refused.disposition == effects::Disposition::reject);
    BOOST_REQUIRE(refused.error);
    BOOST_CHECK(refused.error->code == ErrorCode::map_refused);
    BOOST_TEST(refused.error->detail == "PID-10 is a number");
    BOOST_TEST(refused.error->place == "PID[1]-10");
    BOOST_TEST(!refused.patient);
    const auto taken = effects_of(members, "12|where");
    BOOST_TEST(!taken.error, (taken.error ? taken.error->text() : ""));
}

BOOST_AUTO_TEST_CASE(any_repetition_may_match) {
    const auto when =
        "{'when': {'matches': ['PID-10[*]', '^x']}, 'then': {'constant': 'yes'}, 'else': {'constant': 'no'}}";
    BOOST_TEST(said(when, "ax~xa") == "yes");
    BOOST_TEST(said(when, "ax~ax") == "no");
    BOOST_TEST(said(when, "") == "no");
}

BOOST_AUTO_TEST_CASE(what_cannot_work_is_found_when_it_is_loaded) {
    BOOST_TEST(has(problem_of(field("{'match': 'PID-10', 'pattern': '('}")), "[config.bad_pattern]"));
    BOOST_TEST(
        has(problem_of(field("{'match': 'PID-10', 'pattern': '(a)', 'give': '$2'}")), "the pattern has 1 group"));
    BOOST_TEST(has(problem_of(field("{'replace': 'PID-10', 'pattern': 'a', 'with': 'x$'}")), "another $"));
    BOOST_TEST(has(problem_of(field("{'split': 'PID-10', 'at': '', 'piece': 1}")), "between the pieces"));
    BOOST_TEST(has(problem_of(field("{'split': 'PID-10', 'at': '-', 'piece': 0}")), "1 is the first"));
    BOOST_TEST(has(problem_of(field("{'match': 'PID-10', 'patern': 'a'}")), "did you mean \"pattern\""));
    BOOST_TEST(has(problem_of("'requires': {'x': {'matches': ['PID-10', '[']}}, " + field("'PID-10'")), "/requires/x"));
    BOOST_TEST(has(problem_of("'requires': ['PID-10'], " + field("'PID-10'")), "sentence: condition"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::mappings::testing
