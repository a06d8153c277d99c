#include "engine/json/format.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/json/writer.hpp"

using namespace gantry::json;

namespace {

std::string formatted(const std::string& text, const KeyOrder& order = {}) {
    const auto out = format(text, order);
    BOOST_REQUIRE_MESSAGE(out.ok(), text);
    const auto again = format(*out, order);
    BOOST_REQUIRE(again.ok());
    BOOST_TEST(*again == *out);
    return *out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_format)

BOOST_AUTO_TEST_CASE(members_of_the_document_have_a_line_each_and_what_fits_stays_in_it) {
    BOOST_TEST(formatted(R"({"a":1,"b":{"c":[1,2,{"d":null}],
        "e":{}},"f":[]})") == "{\n  \"a\": 1,\n  \"b\": {\"c\": [1, 2, {\"d\": null}], \"e\": {}},\n  \"f\": []\n}\n");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_opened) {
    const std::string word(50, 'x'), item = "\"" + word + "\"";
    BOOST_TEST(formatted("{\"a\": [" + item + "," + item + "], \"b\": [" + item + "," + item + "," + item + "]}") ==
               "{\n  \"a\": [" + item + ", " + item + "],\n  \"b\": [\n    " + item + ",\n    " + item + ",\n    " +
                   item + "\n  ]\n}\n");
}

BOOST_AUTO_TEST_CASE(comments_stay_with_what_they_speak_of) {
    BOOST_TEST(formatted("// head\n\n\n{\n // of a\n \"a\": 1, // why\n\n\n  /* of b */ \"b\": {\"c\": 2 // in c\n},\n"
                         "\"d\": [ ] // end\n // tail\n} // after\n// last") ==
               "// head\n\n{\n  // of a\n  \"a\": 1,  // why\n\n  /* of b */\n  \"b\": {\n    \"c\": 2  // in c\n  },\n"
               "  \"d\": []  // end\n  // tail\n}  // after\n// last\n");
}

BOOST_AUTO_TEST_CASE(comments_in_odd_places_are_kept) {
    BOOST_TEST(formatted("{\"a\" /* k */ : /* v */ 1 /* w */ , \"b\": [/* only */], \"c\": [1 // one\n, 2]}") ==
               "{\n  /* k */\n  /* v */\n  \"a\": 1,  /* w */\n  \"b\": [\n    /* only */\n  ],\n"
               "  \"c\": [\n    1,  // one\n    2\n  ]\n}\n");
}

BOOST_AUTO_TEST_CASE(texts_of_values_stay_as_they_were_written) {
    BOOST_TEST(formatted(R"({"a\"//b": "\u00e4 // no comment", "n": [1.50, -0, 1e3]})") ==
               "{\n  \"a\\\"//b\": \"\\u00e4 // no comment\",\n  \"n\": [1.50, -0, 1e3]\n}\n");
    BOOST_TEST(formatted("\xEF\xBB\xBF 7 ") == "7\n");
    BOOST_TEST(formatted("[1,\r\n2]") == "[\n  1,\n  2\n]\n");
}

BOOST_AUTO_TEST_CASE(members_stand_in_the_order_that_is_asked_for_with_their_comments) {
    const KeyOrder order = [](const std::vector<std::string>& path) -> std::vector<std::string> {
        if (path.empty()) return {"one", "two"};
        return path == std::vector<std::string>{"one"} ? std::vector<std::string>{"x"} : std::vector<std::string>();
    };
    BOOST_TEST(
        formatted(
            "{\"z\": 1,\n // of two\n \"two\": {\"b\": 1, \"a\": 2}, // end of two\n \"one\": {\"y\": 1, \"x\": 2}}",
            order) ==
        "{\n  \"one\": {\"x\": 2, \"y\": 1},\n  // of two\n  \"two\": {\"b\": 1, \"a\": 2},  // end of two\n"
        "  \"z\": 1\n}\n");
}

BOOST_AUTO_TEST_CASE(what_is_not_json_is_not_touched) {
    const auto out = format("{\"a\": }");
    BOOST_REQUIRE(!out.ok());
    BOOST_TEST(out.error().place == "1:7");
}

BOOST_AUTO_TEST_CASE(the_documents_of_the_tree_keep_their_values) {
    std::size_t count = 0;
    for (const auto* folder : {"mappings", "channels", "conf", "tests/scenario"})
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(std::string(GANTRY_SOURCE_DIR) + "/" + folder)) {
            if (entry.path().extension() != ".json") continue;
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string text{std::istreambuf_iterator<char>(in), {}};
            BOOST_TEST(serialise(*parse(formatted(text))) == serialise(*parse(text)), entry.path());
            ++count;
        }
    BOOST_TEST(count > 50u);
}

BOOST_AUTO_TEST_SUITE_END()
