#include "engine/base/base64.hpp"

#include <boost/test/unit_test.hpp>

using gantry::from_base64, gantry::to_base64;

BOOST_AUTO_TEST_SUITE(base64)

// RFC 4648, section 10.
BOOST_AUTO_TEST_CASE(the_vectors_of_the_standard) {
    const struct {
        const char *bytes, *text;
    } rows[] = {{"", ""},
                {"f", "Zg=="},
                {"fo", "Zm8="},
                {"foo", "Zm9v"},
                {"foob", "Zm9vYg=="},
                {"fooba", "Zm9vYmE="},
                {"foobar", "Zm9vYmFy"}};
    for (const auto& row : rows) BOOST_TEST(from_base64(row.text).value() == row.bytes);
}

BOOST_AUTO_TEST_CASE(every_byte_comes_back) {
    const auto all = from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYX+/z9/v8=");
    BOOST_REQUIRE(all);
    BOOST_TEST(all->size() == 29u);
    BOOST_TEST(static_cast<unsigned char>(all->back()) == 0xff);
    BOOST_TEST(static_cast<unsigned char>((*all)[24]) == 0xfb);
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
    const std::pair<const char*, const char*> rows[] = {{"", ""},
                                                        {"f", "Zg=="},
                                                        {"fo", "Zm8="},
                                                        {"foo", "Zm9v"},
                                                        {"foob", "Zm9vYg=="},
                                                        {"fooba", "Zm9vYmE="},
                                                        {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : rows) BOOST_TEST(gantry::to_base64(bytes) == text);
    std::string all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
    BOOST_TEST((from_base64(gantry::to_base64(all)).value() == all));
}

BOOST_AUTO_TEST_CASE(blanks_are_skipped_and_padding_may_be_missing) {
    BOOST_TEST(from_base64("Zm 9v\r\nYm\tFy").value() == "foobar");
    BOOST_TEST(from_base64("Zm9vYg").value() == "foob");
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused) {
    for (const auto* text : {"Zm9v!", "<see attachment>", "Z", "Zg==Zg==", "Zm9v\xc3\xa4"})
        BOOST_TEST(!from_base64(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
