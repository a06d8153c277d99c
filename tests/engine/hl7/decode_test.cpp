#include "engine/hl7/decode.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/hl7/utf8.hpp"
#include "tests/engine/hl7/corpus.hpp"

using namespace gantry::hl7;

namespace {

std::string message(const std::string& charset, const std::string& name) {
    return "MSH|^~\\&|||||||ADT^A01|1|P|2.5||||||" + charset + "\rPID|||||" + name + "\r";
}

struct Row {
    std::string charset, name, channel, used, expected;
    bool guessed, replaced;
};

std::string utf16(std::string_view text, bool big) {
    std::string out;
    for (const char c : text) {
        if (big) out.push_back('\0');
        out.push_back(c);
        if (!big) out.push_back('\0');
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decoding)

BOOST_AUTO_TEST_CASE(every_way) {
    const Row rows[] = {
        {"", "Meier", "", "ASCII", "Meier", false, false},
        {"8859/1", "Meier", "", "ASCII", "Meier", false, false},
        {"KLINGON", "Meier", "", "ASCII", "Meier", false, false},
        {"8859/1", "M\xFCller", "", "8859/1", "M\xC3\xBCller", false, false},
        {"", "M\xFCller", "ISO-8859-1", "8859/1", "M\xC3\xBCller", false, false},
        {"", "M\xFCller", "", "8859/1", "M\xC3\xBCller", true, false},
        {"KLINGON", "M\xFCller", "", "8859/1", "M\xC3\xBCller", true, false},
        {"8859/1", "M\xC3\xBCller", "", "UNICODE UTF-8", "M\xC3\xBCller", true, false},
        {"KLINGON", "M\xC3\xBCller", "", "UNICODE UTF-8", "M\xC3\xBCller", true, false},
        {"UNICODE UTF-8", "M\xC3\xBCller", "", "UNICODE UTF-8", "M\xC3\xBCller", false, false},
        {"utf-8", "M\xC3\xBCller", "", "UNICODE UTF-8", "M\xC3\xBCller", false, false},
        {"", "M\xC3\xBCller", "UTF-8", "UNICODE UTF-8", "M\xC3\xBCller", false, false},
        {"UNICODE UTF-8", "M\xFCller", "", "8859/1", "M\xC3\xBCller", true, false},
        {"UNICODE UTF-8", "M\xC3\xBCller\xFF", "", "UNICODE UTF-8", "M\xC3\xBCller\xEF\xBF\xBD", false, true},
        {"8859/1", "\x80\xE4", "", "WINDOWS-1252", "\xE2\x82\xAC\xC3\xA4", true, false},
        {"WINDOWS-1252", "\x80\xE4", "", "WINDOWS-1252", "\xE2\x82\xAC\xC3\xA4", false, false},
        {"8859/2", "\xB3", "", "8859/2", "\xC5\x82", false, false},
        {"8859/15", "\xA4", "", "8859/15", "\xE2\x82\xAC", false, false},
        {"ASCII~ISO IR87", "\x1B$B;3ED\x1B(B", "", "ISO IR87", "\xE5\xB1\xB1\xE7\x94\xB0", false, false},
        {"", "\x8E\x52\x93\x63", "SHIFT_JIS", "SHIFT_JIS", "\xE5\xB1\xB1\xE7\x94\xB0", false, false},
        {"GB 18030-2000", "\xC9\xBD", "", "GB 18030-2000", "\xE5\xB1\xB1", false, false},
    };
    for (const auto& row : rows) {
        const auto out = decode(message(row.charset, row.name), row.channel);
        BOOST_TEST(out.utf8 == message(row.charset, row.expected), row.charset << " " << row.expected);
        BOOST_TEST(out.charset == row.used, row.charset << " " << row.expected);
        BOOST_TEST(out.guessed == row.guessed, row.charset << " " << row.expected);
        BOOST_TEST(out.replaced == row.replaced, row.charset << " " << row.expected);
    }
}

BOOST_AUTO_TEST_CASE(utf16_in_both_orders) {
    const auto text = message("UNICODE UTF-16", "Meier");
    BOOST_TEST(decode(utf16(text, true)).utf8 == text);
    BOOST_TEST(decode(utf16(text, false)).utf8 == text);
    BOOST_TEST(decode("\xFF\xFE" + utf16(text, false)).utf8 == text);
    BOOST_TEST(!decode("\xFE\xFF" + utf16(text, true)).guessed);
    const std::string pair("\xFE\xFF\xD8\x34\xDD\x1E", 6);
    BOOST_TEST(decode(pair).utf8 == "\xF0\x9D\x84\x9E");
    BOOST_TEST(decode(std::string("\xFE\xFF\xD8\x34\0", 5)).replaced);
}

BOOST_AUTO_TEST_CASE(anything_becomes_utf8) {
    for (const char* charset : {"", "UNICODE UTF-8", "8859/1", "8859/7", "ISO IR87", "BIG-5", "KS X 1001", "nonsense"})
        for (unsigned seed = 1; seed < 40; ++seed) {
            std::string noise;
            for (unsigned i = 0, x = seed; i < 5000; ++i, x = x * 1664525 + 1013904223)
                noise.push_back(static_cast<char>(x >> 24));
            BOOST_TEST(is_utf8(decode(message(charset, noise)).utf8));
        }
    for (const auto& file : hl7_corpus()) BOOST_TEST(is_utf8(decode(file.bytes).utf8), file.name);
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
