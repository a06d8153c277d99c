#include "engine/hl7/decode.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/base/utf8.hpp"
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
        {"8859/2",
         "\xA3\xF3"
         "d\xBC",
         "", "8859/2",
         "\xC5\x81\xC3\xB3"
         "d\xC5\xBA",
         false, false},
        {"8859/3", "\xA1\xBF", "", "8859/3", "\xC4\xA6\xC5\xBC", false, false},
        {"8859/4", "\xAB\xF3", "", "8859/4", "\xC4\xA2\xC4\xB7", false, false},
        {"8859/5", "\xB8\xD2\xD0\xDD\xDE\xD2", "", "8859/5", "\xD0\x98\xD0\xB2\xD0\xB0\xD0\xBD\xD0\xBE\xD0\xB2", false,
         false},
        {"8859/6", "\xE5\xCD\xE5\xCF", "", "8859/6", "\xD9\x85\xD8\xAD\xD9\x85\xD8\xAF", false, false},
        {"8859/7", "\xD0\xE1\xF0\xE1\xE4", "", "8859/7", "\xCE\xA0\xCE\xB1\xCF\x80\xCE\xB1\xCE\xB4", false, false},
        {"8859/8", "\xEB\xE4\xEF", "", "8859/8", "\xD7\x9B\xD7\x94\xD7\x9F", false, false},
        {"8859/9", "\xDE\xFD\xF0", "", "8859/9", "\xC5\x9E\xC4\xB1\xC4\x9F", false, false},
        {"8859/10", "\xA9\xB9\xBF", "", "8859/10", "\xC4\x90\xC4\x91\xC5\x8B", false, false},
        {"8859/11", "\xCA\xC1\xAA\xD2\xC2", "", "8859/11",
         "\xE0\xB8\xAA\xE0\xB8\xA1\xE0\xB8\x8A\xE0\xB8\xB2\xE0\xB8\xA2", false, false},
        {"8859/13", "\xD0\xED\xE7le", "", "8859/13", "\xC5\xA0\xC4\xB7\xC4\x93le", false, false},
        {"8859/14", "\xD0\xFE", "", "8859/14", "\xC5\xB4\xC5\xB7", false, false},
        {"8859/15", "\xBCuvre", "", "8859/15", "\xC5\x92uvre", false, false},
        {"8859/16", "\xDE\xE3ran", "", "8859/16", "\xC8\x9A\xC4\x83ran", false, false},
        {"WINDOWS-1250", "\x8Ei\x9Eka", "", "WINDOWS-1250", "\xC5\xBDi\xC5\xBEka", false, false},
        {"", "\xCF\xE5\xF2\xF0\xEE\xE2", "windows-1251", "WINDOWS-1251",
         "\xD0\x9F\xD0\xB5\xD1\x82\xD1\x80\xD0\xBE\xD0\xB2", false, false},
        {"", "J\x84ger", "CP850", "CP850", "J\xC3\xA4ger", false, false},
        {"KS X 1001", "\xB1\xE8\xC8\xF1\xC1\xDF", "", "KS X 1001", "\xEA\xB9\x80\xED\x9D\xAC\xEC\xA4\x91", false,
         false},
        {"KS X 1001", "\x94\xEE", "", "KS X 1001", "\xEB\xB7\x81", false, false},
        {"BIG-5", "\xA4\xFD", "", "BIG-5", "\xE7\x8E\x8B", false, false},
        {"GB 18030-2000",
         "\xCD\xF5\x95"
         "2\x82"
         "6",
         "", "GB 18030-2000", "\xE7\x8E\x8B\xF0\xA0\x80\x80", false, false},
        {"", "\xBB\xB3\xC5\xC4", "EUC-JP", "EUC-JP", "\xE5\xB1\xB1\xE7\x94\xB0", false, false},
        {"~ISO IR87", "\x1B$B;3ED\x1B(B", "", "ISO IR87", "\xE5\xB1\xB1\xE7\x94\xB0", false, false},
        {"ASCII~ISO IR87~ISO IR159", "\x1B$B;3\x1B(B\x1B$(D0!\x1B(B", "", "ISO IR87", "\xE5\xB1\xB1\xE4\xB8\x82", false,
         false},
        {"~ISO IR14~ISO IR87", "\x1B(ITO@^\x1B(B", "", "ISO IR14", "\xEF\xBE\x94\xEF\xBE\x8F\xEF\xBE\x80\xEF\xBE\x9E",
         false, false},
        // Half-width katakana in eight bits, where the set that has them is declared.
        {"ISO IR14~ISO IR87", "\xD4\xCF\xC0\xDE=\x1B$B;3ED\x1B(B", "", "ISO IR14",
         "\xEF\xBE\x94\xEF\xBE\x8F\xEF\xBE\x80\xEF\xBE\x9E=\xE5\xB1\xB1\xE7\x94\xB0", false, false},
        {"ISO IR14", "\xD4\xCF", "", "ISO IR14", "\xEF\xBE\x94\xEF\xBE\x8F", false, false},
        {"8859/1~ISO IR87", "\xC4\x1B$B;3\x1B(B", "", "ISO IR87", "\xEF\xBF\xBD\xE5\xB1\xB1", false, true},
        {"8859/1~ISO IR87", "M\xFCller", "", "8859/1", "M\xC3\xBCller", false, false},
        {"ASCII~8859/2",
         "\xA3\xF3"
         "d\xBC",
         "", "8859/2",
         "\xC5\x81\xC3\xB3"
         "d\xC5\xBA",
         false, false},
        {"8859/1~8859/2", "M\xFCller", "", "8859/1", "M\xC3\xBCller", false, false},
        // Bytes of the set, written in hexadecimal; and what is not above ASCII, which is left to unescape().
        {"8859/2", "\\XA3F3\\d\\XBC\\", "", "8859/2",
         "\xC5\x81\xC3\xB3"
         "d\xC5\xBA",
         false, false},
        {"8859/1", "\\XE4\\ \\X0D0A\\ \\XE\\ C:\\X", "", "8859/1", "\xC3\xA4 \\X0D0A\\ \\XE\\ C:\\X", false, false},
        {"UNICODE UTF-8", "\xC3\xA4\\XE4\\", "", "UNICODE UTF-8", "\xC3\xA4\\XE4\\", false, false},
    };
    for (const auto& row : rows) {
        const auto out = decode(message(row.charset, row.name), row.channel);
        BOOST_TEST(out.utf8 == message(row.charset, row.expected), row.charset << " " << row.expected);
        BOOST_TEST(out.charset == row.used, row.charset << " " << row.expected);
        BOOST_TEST(out.guessed == row.guessed, row.charset << " " << row.expected);
        BOOST_TEST(out.replaced == row.replaced, row.charset << " " << row.expected);
    }
}

BOOST_AUTO_TEST_CASE(a_channel_may_know_better_than_msh_18) {
    const CharsetRules latin2{{}, "8859/2"}, utf8{{}, "UTF-8"}, ascii{{}, "ASCII"}, unknown{{}, "no such set"};
    BOOST_TEST(decode(message("8859/1", "\xA3"), latin2).utf8 == message("8859/1", "\xC5\x81"));
    const auto not_utf8 = decode(message("UNICODE UTF-8", "\xC3\xB3"), latin2);
    BOOST_TEST(not_utf8.utf8 == message("UNICODE UTF-8", "\xC4\x82\xC5\x82"));
    BOOST_TEST(!not_utf8.guessed);
    BOOST_TEST(decode(message("8859/1", "\xC3\xB3"), utf8).charset == "UNICODE UTF-8");
    BOOST_TEST(decode(message("8859/1", "\xF3"), utf8).replaced);
    BOOST_TEST(decode(message("8859/1", "\xF3"), ascii).replaced);
    BOOST_TEST(decode(message("8859/1", "\xF3"), unknown).charset == "8859/1");
    BOOST_TEST(is_known_charset("iso-8859-15"));
    BOOST_TEST(!is_known_charset("8859/99"));
}

BOOST_AUTO_TEST_CASE(utf32_in_both_orders) {
    const auto text = message("UNICODE UTF-32", "Meier");
    std::string little, big;
    for (const char c : text) {
        little.append(1, c).append(3, '\0');
        big.append(3, '\0').append(1, c);
    }
    const std::string little_mark("\xFF\xFE\0\0", 4), big_mark("\0\0\xFE\xFF", 4);
    for (const auto& bytes : {little, big, little_mark + little, big_mark + big}) {
        const auto out = decode(bytes);
        BOOST_TEST(out.utf8 == text);
        BOOST_TEST(out.charset == "UNICODE UTF-32");
        BOOST_TEST((!out.guessed && !out.replaced));
    }
    BOOST_TEST(decode(big + "x").replaced);
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
            BOOST_TEST(gantry::is_utf8(decode(message(charset, noise)).utf8));
        }
    for (const auto& file : hl7_corpus()) BOOST_TEST(gantry::is_utf8(decode(file.bytes).utf8), file.name);
}

BOOST_AUTO_TEST_SUITE_END()
