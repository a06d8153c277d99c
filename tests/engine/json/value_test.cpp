#include "engine/json/value.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace gantry;

namespace {

json::Value read(std::string_view text) {
    auto tree = json::parse(text);
    BOOST_REQUIRE_MESSAGE(tree.ok(), (tree.ok() ? std::string() : tree.error().text()));
    return std::move(tree).value();
}

void refused_at(std::string_view text, std::string_view place) {
    const auto tree = json::parse(text);
    BOOST_REQUIRE_MESSAGE(!tree.ok(), "accepted: " << text.substr(0, 60));
    BOOST_TEST((tree.error().code == ErrorCode::config_syntax));
    BOOST_TEST(tree.error().place == place, text.substr(0, 60) << " at " << place << ": " << tree.error().text());
}

void stands_at(json::Position at, unsigned line, unsigned column) {
    BOOST_TEST(at.line == line);
    BOOST_TEST(at.column == column);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_value)

BOOST_AUTO_TEST_CASE(every_kind_is_read) {
    const auto tree = read(R"([null, true, false, 7, -7, 1.5, "a\u00e9\n", [], {}])");
    const auto& items = tree.items();
    BOOST_REQUIRE_EQUAL(items.size(), 9u);
    BOOST_TEST((items[0].kind() == json::Kind::null));
    BOOST_TEST(items[1].boolean());
    BOOST_TEST(!items[2].boolean());
    BOOST_TEST(items[3].integer() == 7);
    BOOST_TEST(items[4].integer() == -7);
    BOOST_TEST(items[5].number() == 1.5);
    BOOST_TEST(!items[5].is_integer());
    BOOST_TEST(items[6].string() == "a\xC3\xA9\n");
    BOOST_TEST(items[7].is_array());
    BOOST_TEST(items[8].is_object());
}

BOOST_AUTO_TEST_CASE(integers_reach_their_limits_and_become_numbers_beyond) {
    BOOST_TEST(read("9223372036854775807").integer() == INT64_MAX);
    BOOST_TEST(read("-9223372036854775808").integer() == INT64_MIN);
    BOOST_TEST(!read("9223372036854775808").is_integer());
    BOOST_TEST(read("9223372036854775808").number() == 9223372036854775808.0);
    BOOST_TEST(!read("1.0").is_integer());
    BOOST_TEST(read("0.1").number() == 0.1);
    BOOST_TEST(read("0e53").number() == 0);
    BOOST_TEST(read("-0.0").number() == 0);
    refused_at("1e999", "1:1");
    refused_at("[1, 1e-999]", "1:5");
    for (const auto* wrong : {"01", "1.", ".5", "+1", "-", "1e", "0x1", "Infinity"})
        BOOST_TEST(!json::parse(wrong).ok(), wrong);
}

BOOST_AUTO_TEST_CASE(positions_of_values_and_keys) {
    const auto tree = read(
        "// first\n"
        "{\n"
        "  /* a \" comment */ \"port\": 2575,\n"
        "  \"es\\\"caped\\\\\": \"x\\\"\",\r\n"
        "  \"list\": [true, false, null, -1.5e+3, \"\", {}]\n"
        "}");
    stands_at(tree.position(), 2, 1);
    const auto& members = tree.members();
    BOOST_REQUIRE_EQUAL(members.size(), 3u);
    stands_at(members[0].position, 3, 21);
    stands_at(members[0].value.position(), 3, 29);
    BOOST_TEST(members[1].key == "es\"caped\\");
    stands_at(members[1].position, 4, 3);
    stands_at(members[1].value.position(), 4, 18);
    const auto& list = members[2].value.items();
    const unsigned columns[] = {12, 18, 25, 31, 40, 44};
    BOOST_REQUIRE_EQUAL(list.size(), 6u);
    for (std::size_t i = 0; i < list.size(); ++i) stands_at(list[i].position(), 5, columns[i]);
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_no_column) {
    stands_at(read("\xEF\xBB\xBF{}").position(), 1, 1);
}

BOOST_AUTO_TEST_CASE(find_answers_the_member_or_nothing) {
    const auto tree = read(R"({"a": 1})");
    BOOST_REQUIRE(tree.find("a"));
    BOOST_TEST(tree.find("a")->integer() == 1);
    BOOST_TEST(!tree.find("b"));
    BOOST_TEST(!read("[]").find("a"));
}

BOOST_AUTO_TEST_CASE(mistakes_are_pointed_at) {
    refused_at("", "1:1");
    refused_at("  // only a comment", "1:20");
    refused_at("{\n  \"a\": 1,\n}", "2:9");
    refused_at("{\"a\" 1}", "1:6");
    refused_at("[1 2]", "1:3");
    refused_at("{} {}", "1:4");
    refused_at("{a: 1}", "1:2");
    refused_at("[\n\n tru]", "3:5");
    refused_at("{\"a\": 1,\n \"a\": 2}", "2:2");
    refused_at("\"open", "1:6");
    refused_at("[nan]", "1:3");
}

BOOST_AUTO_TEST_CASE(a_slip_is_pointed_at_where_it_was_made) {
    const struct {
        std::string text, place, words;
    } rows[] = {
        {"{\"a\": 1\n \"b\": 2}", "1:8", "a comma or } is missing"},
        {"{\"a\": [1, 2]\n // why\n \"b\": 2}", "1:13", "a comma or } is missing"},
        {"{\"a\": {\"b\": 1} \"c\": 2}", "1:15", "a comma or } is missing"},
        {"[\"a\"\n\n\"b\"]", "1:5", "a comma or ] is missing"},
        {"{\"a\": 1,\n}", "1:8", "comma before } is one too many"},
        {"[1,\n 2,\n]", "2:3", "comma before ] is one too many"},
        {"{\"a\": \"x,\n \"b\": 2}", "1:10", "not closed in its line"},
        {"{\"a\": 'x'}", "1:7", "double quotes"},
        {"{\"a\": }", "1:7", "Invalid value"},
        {"{\"a\" 1}", "1:6", "colon"},
        {"{\"a\": {\"b\": 1}", "1:15", "a comma or } is missing"},
    };
    for (const auto& row : rows) {
        const auto value = json::parse(row.text);
        BOOST_REQUIRE_MESSAGE(!value.ok(), row.text);
        BOOST_TEST(value.error().place == row.place, row.text << ": " << value.error().text());
        BOOST_TEST(value.error().detail.find(row.words) != std::string::npos, value.error().text());
    }
}

BOOST_AUTO_TEST_CASE(strings_hold_utf8_and_nothing_else) {
    refused_at("[\"\xFF\"]", "1:3");
    refused_at("[\"\xC0\x80\"]", "1:3");
    refused_at("[\"\xED\xA0\x80\"]", "1:3");
    refused_at("[\"a\tb\"]", "1:4");
    refused_at(R"(["\ud800"])", "1:3");
    refused_at(R"([1, "\ude00"])", "1:5");
    refused_at(R"({"\ude00": 1})", "1:2");
    BOOST_TEST(read(R"("\ud83d\ude00")").string() == "\xF0\x9F\x98\x80");
    BOOST_TEST(read(R"("\u0000")").string() == std::string(1, '\0'));
}

BOOST_AUTO_TEST_CASE(a_nul_byte_does_not_end_the_text) {
    refused_at(std::string_view("{}\0{}", 5), "1:3");
    refused_at(std::string_view("\0", 1), "1:1");
}

BOOST_AUTO_TEST_CASE(duplicates_in_different_objects_are_no_duplicates) {
    BOOST_TEST(read(R"([{"a": 1}, {"a": {"a": 2}}])").items().size() == 2u);
}

BOOST_AUTO_TEST_CASE(depth_is_limited) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    BOOST_TEST(json::parse(nested(json::max_depth)).ok());
    refused_at(nested(json::max_depth + 1), "1:201");
    refused_at(std::string(1'000'000, '['), "1:201");
}

BOOST_AUTO_TEST_CASE(size_and_number_of_values_are_limited) {
    refused_at(std::string(json::max_bytes + 1, ' '), "1:1");
    std::string many = "[";
    for (std::size_t i = 0; i < json::max_values; ++i) many += "0,";
    BOOST_TEST(!json::parse(many + "0]").ok());
}

BOOST_AUTO_TEST_CASE(pointers_escape_their_tokens) {
    BOOST_TEST(json::child_pointer("", "a") == "/a");
    BOOST_TEST(json::child_pointer("/x", "a/b~c") == "/x/a~1b~0c");
}

BOOST_AUTO_TEST_SUITE_END()
