#include "engine/json/writer.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(json_writer)

BOOST_AUTO_TEST_CASE(compact_keeps_the_order_of_the_calls) {
    json::Writer writer;
    writer.begin_object().member("z", 1).member("a", "text").member("yes", true).key("none").null();
    writer.key("list").begin_array().value(1.5).value(std::string("s")).end_array();
    writer.key("empty").begin_object().end_object().member_if("absent", "").member_if("present", "x").end_object();
    BOOST_TEST(writer.text() ==
               R"({"z":1,"a":"text","yes":true,"none":null,"list":[1.5,"s"],"empty":{},"present":"x"})");
}

BOOST_AUTO_TEST_CASE(pretty_indents_by_two) {
    json::Writer writer(json::Form::pretty);
    writer.begin_object().member("a", 1).key("b").begin_array().value(1).begin_object().end_object().end_array();
    writer.key("c").begin_array().end_array().end_object();
    BOOST_TEST(writer.text() == "{\n  \"a\": 1,\n  \"b\": [\n    1,\n    {}\n  ],\n  \"c\": []\n}");
}

BOOST_AUTO_TEST_CASE(escapes) {
    BOOST_TEST(json::quoted("a\"b\\c/\n\r\t\b\f\x01\x1f\x7f") == "\"a\\\"b\\\\c/\\n\\r\\t\\b\\f\\u0001\\u001f\x7f\"");
    BOOST_TEST(json::quoted(std::string_view("\0", 1)) == "\"\\u0000\"");
}

BOOST_AUTO_TEST_CASE(broken_utf8_becomes_the_replacement_character) {
    const std::string replaced = "\xEF\xBF\xBD";
    BOOST_TEST(json::quoted("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80") == "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
    BOOST_TEST(json::quoted("\xE4x") == "\"" + replaced + "x\"");
    BOOST_TEST(json::quoted("\xE2\x82") == "\"" + replaced + "\"");
    BOOST_TEST(json::quoted("\xC0\x80") == "\"" + replaced + replaced + "\"");
    BOOST_TEST(json::quoted("\xED\xA0\x80") == "\"" + replaced + replaced + replaced + "\"");
    BOOST_TEST(json::quoted("\xF4\x90\x80\x80") == "\"" + replaced + replaced + replaced + replaced + "\"");
    BOOST_TEST(json::quoted("\xF0\x9F\x98\"") == "\"" + replaced + "\\\"\"");
}

BOOST_AUTO_TEST_CASE(numbers) {
    json::Writer writer;
    writer.begin_array().value(std::numeric_limits<std::int64_t>::min()).value(std::size_t(18446744073709551615u));
    writer.value(0.1).value(3.0).value(1e300).value(std::numeric_limits<double>::quiet_NaN()).end_array();
    BOOST_TEST(writer.text() == "[-9223372036854775808,18446744073709551615,0.1,3.0,1e+300,null]");
}

BOOST_AUTO_TEST_CASE(a_tree_is_written_as_it_was_read) {
    const std::string text = R"({"b":[1,2.0,-0.5,1e+25,"é\u0001",null,true],"a":{"x":{}}})";
    const auto tree = json::parse(text);
    BOOST_REQUIRE(tree.ok());
    BOOST_TEST(json::serialise(*tree) == text);
    const auto again = json::parse(json::serialise(*tree, json::Form::pretty));
    BOOST_REQUIRE(again.ok());
    BOOST_TEST(json::serialise(*again) == text);
}

BOOST_AUTO_TEST_SUITE_END()
