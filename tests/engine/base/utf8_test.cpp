#include "engine/base/utf8.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(base_utf8)

BOOST_AUTO_TEST_CASE(every_character_is_written_and_read_back) {
    for (char32_t c = 0; c <= 0x10FFFF; ++c) {
        if (c == 0xD800) c = 0xE000;
        std::string text;
        append_utf8(text, c);
        std::string_view rest = text;
        BOOST_TEST_REQUIRE((next_character(rest) == c && rest.empty()), static_cast<std::uint32_t>(c));
        BOOST_TEST_REQUIRE(utf8_length(text) == text.size());
    }
}

BOOST_AUTO_TEST_CASE(a_byte_that_belongs_to_no_character_stands_for_itself) {
    const std::pair<std::string_view, std::vector<char32_t>> rows[] = {
        {"\x80"
         "a",
         {0xFFFD, 'a'}},
        {"\xC3", {0xFFFD}},
        {"\xE2\x82", {0xFFFD, 0xFFFD}},
        {"\xC0\xAF", {0xFFFD, 0xFFFD}},
        {"\xED\xA0\x80", {0xFFFD, 0xFFFD, 0xFFFD}},
        {"\xF4\x90\x80\x80", {0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD}},
        {"\xC3\x84\xFF", {0xC4, 0xFFFD}},
    };
    for (auto [text, expected] : rows) {
        std::vector<char32_t> read;
        while (!text.empty()) read.push_back(next_character(text));
        BOOST_TEST((read == expected), expected.size());
    }
}

BOOST_AUTO_TEST_CASE(well_formed_utf8) {
    for (const char* good :
         {"", "a", "\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
        BOOST_TEST(is_utf8(good));
    for (const char* bad : {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                            "\xF4\x90\x80\x80", "\xF5", "\xE2\x82"})
        BOOST_TEST(!is_utf8(bad));
}

BOOST_AUTO_TEST_SUITE_END()
