#include "engine/hl7/escape.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::hl7;

BOOST_AUTO_TEST_SUITE(escape_sequences)

BOOST_AUTO_TEST_CASE(resolves) {
    const std::pair<const char*, const char*> rows[] = {
        {"plain", "plain"},
        {"a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f", "a|b^c&d~e\\f"},
        {"\\P\\", "#"},
        {"\\X41\\\\X0D0a\\", "A\r\n"},
        {"\\XC3A4\\", "\xC3\xA4"},
        {"\\XE4\\", "\xC3\xA4"},
        {"one\\.br\\two\\.sp2\\three\\.ce\\four", "one\ntwo\n\nthree\nfour"},
        {"\\.sp+2\\|\\.sk3\\|", "\n\n|   |"},
        {"\\.in+4\\x\\.ti-2\\\\.fi\\\\.nf\\", "x"},
        {"\\H\\loud\\N\\", "loud"},
        {"\\C2842\\\\M4F2B\\\\Zown\\", "\\C2842\\\\M4F2B\\\\Zown\\"},
        {"\\", "\\"},
        {"\\\\", "\\\\"},
        {"\\\\server\\T\\x", "\\\\server&x"},
        {"5\\ of 6 \\T\\ 7", "5\\ of 6 & 7"},
        {"\\X4\\", "\\X4\\"},
        {"\\XGG\\", "\\XGG\\"},
        {"\\.xy\\", "\\.xy\\"},
        {"\\T", "\\T"},
        {"\\t\\", "\\t\\"},
        {"", ""},
    };
    for (const auto& [raw, expected] : rows) BOOST_TEST(unescape(raw, {}) == expected, raw);
}

BOOST_AUTO_TEST_CASE(a_hostile_count_is_bounded) {
    BOOST_TEST(unescape("\\.sp999999999999999999999\\", {}).size() == 100);
}

BOOST_AUTO_TEST_CASE(writes) {
    BOOST_TEST(escape("a|b^c&d~e\\f\ng\rh", {}) == "a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\.br\\g\\X0D\\h");
    Delimiters longer;
    longer.truncation = '#';
    BOOST_TEST(escape("#", longer) == "\\P\\");
    BOOST_TEST(escape("#", {}) == "#");
    Delimiters none;
    none.escape = 0;
    BOOST_TEST(escape("a|b", none) == "a b");
    BOOST_TEST(unescape("a\\F\\b", none) == "a\\F\\b");
}

BOOST_AUTO_TEST_CASE(round_trip) {
    std::string every;
    for (int c = 0; c < 128; ++c) every.push_back(static_cast<char>(c));
    for (const Delimiters& d : {Delimiters{}, Delimiters{'#', '!', '@', '%', '*', '$'}})
        for (const std::string& text : {every, every + every, std::string("\\T\\\\.br\\ \xC3\xA4 \\X41\\")})
            BOOST_TEST(unescape(escape(text, d), d) == text);
}

BOOST_AUTO_TEST_SUITE_END()
