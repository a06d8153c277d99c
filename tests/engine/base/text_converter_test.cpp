#include "engine/base/text_converter.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(text_converter)

BOOST_AUTO_TEST_CASE(converts_and_replaces_byte_by_byte) {
    TextConverter korean("UHC");
    BOOST_REQUIRE(korean.known());
    std::string out;
    bool replaced = false;
    korean.convert("\xB1\xE8", out, replaced);
    BOOST_TEST(out == "김");
    BOOST_TEST(!replaced);
    korean.convert(
        "a\xFF"
        "b\xB1",
        out, replaced);
    BOOST_TEST(out ==
               "김a\xEF\xBF\xBD"
               "b\xEF\xBF\xBD");
    BOOST_TEST(replaced);
}

BOOST_AUTO_TEST_CASE(long_texts_come_whole) {
    TextConverter latin("ISO-8859-1");
    std::string out, expected;
    for (int i = 0; i < 10'000; ++i) expected += "\xC3\xA4";
    bool replaced = false;
    latin.convert(std::string(10'000, '\xE4'), out, replaced);
    BOOST_TEST(out == expected);
    BOOST_TEST(!replaced);
}

BOOST_AUTO_TEST_CASE(a_set_that_the_library_does_not_have_is_not_known) {
    BOOST_TEST(!TextConverter("no such set").known());
}

BOOST_AUTO_TEST_CASE(japanese_sets_may_be_mixed) {
    struct Row {
        std::string bytes, text;
        bool replaced;
    };
    const Row rows[] = {
        {"", "", false},
        {"Yamada^Tarou", "Yamada^Tarou", false},
        {"\x1B$B;3ED\x1B(B^\x1B$BB@O:\x1B(B", "山田^太郎", false},
        {"\x1B$(D0!\x1B(B", "丂", false},
        {"\x1B$B;3\x1B$(D0!\x1B(B=\x1B(ITO@^\x1B(B", "山丂=ﾔﾏﾀﾞ", false},
        // Half-width katakana in eight bits, before, between and within other sets.
        {"\xD4\xCF\xC0\xDE^\xC0\xDB\xB3=\x1B$B;3ED\x1B(J", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田", false},
        {"\x1B$B;3\xD4"
         "ED\x1B(B",
         "山ﾔ田", false},
        {"\x1B$(D0!\xD4\x1B$B;3\x1B(B", "丂ﾔ山", false},
        {"a\x80\xE0", "a\xEF\xBF\xBD\xEF\xBF\xBD", true},
    };
    for (const auto& row : rows) {
        const auto out = read_japanese(row.bytes, true);
        BOOST_TEST(out.utf8 == row.text);
        BOOST_TEST(out.replaced == row.replaced, row.text);
    }
}

BOOST_AUTO_TEST_CASE(without_katakana_their_bytes_are_nothing) {
    const auto out = read_japanese("\x1B$B;3\x1B(B\xC4", false);
    BOOST_TEST(out.utf8 == "山\xEF\xBF\xBD");
    BOOST_TEST(out.replaced);
}

BOOST_AUTO_TEST_SUITE_END()
