#include "engine/hl7/decode.hpp"

#include <algorithm>
#include <cstdint>

#include "engine/base/text_converter.hpp"
#include "engine/base/utf8.hpp"
#include "engine/hl7/header.hpp"

namespace gantry::hl7 {
namespace {

constexpr std::uint32_t replacement = 0xFFFD;

// Windows-1252's 80-9F (WHATWG encoding standard: the five unassigned bytes are C1 controls).
constexpr std::uint16_t windows_1252[32] = {0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                            0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
                                            0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                            0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

enum class Way { ascii, utf8, utf16, utf32, latin1, windows, library, shifts };

struct Charset {
    std::string_view spelling;  // capital letters and digits only
    Way way;
    std::string_view name;     // table 0211
    const char* library = "";  // name for iconv
};

// UNICODE alone does not say which form; the bytes do. ISO IR numbers of whole sets are what DICOM calls them.
constexpr Charset charsets[] = {
    {"ASCII", Way::ascii, "ASCII"},
    {"USASCII", Way::ascii, "ASCII"},
    {"ISOIR6", Way::ascii, "ASCII"},
    {"UNICODEUTF8", Way::utf8, "UNICODE UTF-8"},
    {"UTF8", Way::utf8, "UNICODE UTF-8"},
    {"ISOIR192", Way::utf8, "UNICODE UTF-8"},
    {"UNICODE", Way::utf8, "UNICODE UTF-8"},
    {"UNICODEUTF16", Way::utf16, "UNICODE UTF-16"},
    {"UTF16", Way::utf16, "UNICODE UTF-16"},
    {"UNICODEUTF32", Way::utf32, "UNICODE UTF-32"},
    {"UTF32", Way::utf32, "UNICODE UTF-32"},
    {"88591", Way::latin1, "8859/1"},
    {"ISOIR100", Way::latin1, "8859/1"},
    {"LATIN1", Way::latin1, "8859/1"},
    {"WINDOWS1252", Way::windows, "WINDOWS-1252"},
    {"CP1252", Way::windows, "WINDOWS-1252"},
    {"ISOIR14", Way::shifts, "ISO IR14"},
    {"ISOIR13", Way::shifts, "ISO IR14"},
    {"ISOIR87", Way::shifts, "ISO IR87"},
    {"ISOIR159", Way::shifts, "ISO IR159"},
    {"SHIFTJIS", Way::library, "SHIFT_JIS", "CP932"},
    {"SJIS", Way::library, "SHIFT_JIS", "CP932"},
    {"MS932", Way::library, "SHIFT_JIS", "CP932"},
    {"WINDOWS31J", Way::library, "SHIFT_JIS", "CP932"},
    {"EUCJP", Way::library, "EUC-JP", "EUC-JP-MS"},
    {"GB180302000", Way::library, "GB 18030-2000", "GB18030"},
    {"GB18030", Way::library, "GB 18030-2000", "GB18030"},
    {"GBK", Way::library, "GB 18030-2000", "GB18030"},
    {"GB2312", Way::library, "GB 18030-2000", "GB18030"},
    {"KSX1001", Way::library, "KS X 1001", "UHC"},
    {"EUCKR", Way::library, "KS X 1001", "UHC"},
    {"CP949", Way::library, "KS X 1001", "UHC"},
    {"BIG5", Way::library, "BIG-5", "BIG5"},
    {"CNS116431992", Way::library, "CNS 11643-1992", "EUC-TW"},
    {"88592", Way::library, "8859/2", "ISO-8859-2"},
    {"88593", Way::library, "8859/3", "ISO-8859-3"},
    {"88594", Way::library, "8859/4", "ISO-8859-4"},
    {"88595", Way::library, "8859/5", "ISO-8859-5"},
    {"88596", Way::library, "8859/6", "ISO-8859-6"},
    {"88597", Way::library, "8859/7", "ISO-8859-7"},
    {"88598", Way::library, "8859/8", "ISO-8859-8"},
    {"88599", Way::library, "8859/9", "ISO-8859-9"},
    {"885910", Way::library, "8859/10", "ISO-8859-10"},
    {"885911", Way::library, "8859/11", "ISO-8859-11"},
    {"885913", Way::library, "8859/13", "ISO-8859-13"},
    {"885914", Way::library, "8859/14", "ISO-8859-14"},
    {"885915", Way::library, "8859/15", "ISO-8859-15"},
    {"885916", Way::library, "8859/16", "ISO-8859-16"},
    {"ISOIR101", Way::library, "8859/2", "ISO-8859-2"},
    {"ISOIR109", Way::library, "8859/3", "ISO-8859-3"},
    {"ISOIR110", Way::library, "8859/4", "ISO-8859-4"},
    {"ISOIR144", Way::library, "8859/5", "ISO-8859-5"},
    {"ISOIR127", Way::library, "8859/6", "ISO-8859-6"},
    {"ISOIR126", Way::library, "8859/7", "ISO-8859-7"},
    {"ISOIR138", Way::library, "8859/8", "ISO-8859-8"},
    {"ISOIR148", Way::library, "8859/9", "ISO-8859-9"},
    {"ISOIR166", Way::library, "8859/11", "ISO-8859-11"},
    {"ISOIR203", Way::library, "8859/15", "ISO-8859-15"},
    {"WINDOWS1250", Way::library, "WINDOWS-1250", "CP1250"},
    {"WINDOWS1251", Way::library, "WINDOWS-1251", "CP1251"},
    {"WINDOWS1253", Way::library, "WINDOWS-1253", "CP1253"},
    {"WINDOWS1254", Way::library, "WINDOWS-1254", "CP1254"},
    {"WINDOWS1255", Way::library, "WINDOWS-1255", "CP1255"},
    {"WINDOWS1256", Way::library, "WINDOWS-1256", "CP1256"},
    {"WINDOWS1257", Way::library, "WINDOWS-1257", "CP1257"},
    {"WINDOWS1258", Way::library, "WINDOWS-1258", "CP1258"},
    {"CP850", Way::library, "CP850", "CP850"},
    {"CP437", Way::library, "CP437", "CP437"},
};

std::string plain(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c >= 'a' && c <= 'z')
            out.push_back(static_cast<char>(c - 'a' + 'A'));
        else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
            out.push_back(c);
    }
    return out.substr(0, 3) == "ISO" && out.substr(3, 4) == "8859" ? out.substr(3) : out;
}

const Charset* charset_named(std::string_view name) {
    const auto spelling = plain(name);
    const auto* found = std::find_if(std::begin(charsets), std::end(charsets),
                                     [&](const Charset& charset) { return charset.spelling == spelling; });
    return found == std::end(charsets) ? nullptr : found;
}

std::string from_single_bytes(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 8);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        append_utf8(out, byte >= 0x80 && byte < 0xA0 ? windows_1252[byte - 0x80] : byte);
    }
    return out;
}

bool has_c1(std::string_view bytes) {
    return std::any_of(bytes.begin(), bytes.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xE0) == 0x80; });
}

std::string repaired_utf8(std::string_view bytes, bool& replaced, bool& multibyte) {
    std::string out;
    out.reserve(bytes.size() + 16);
    while (!bytes.empty()) {
        const auto length = utf8_length(bytes);
        multibyte |= length > 1;
        replaced |= length == 0;
        if (length)
            out.append(bytes.substr(0, length));
        else
            append_utf8(out, replacement);
        bytes.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

std::string from_utf16(std::string_view bytes, bool big, bool& replaced) {
    std::string out;
    auto unit = [&](std::size_t at) {
        const std::uint32_t first = static_cast<unsigned char>(bytes[at]),
                            second = static_cast<unsigned char>(bytes[at + 1]);
        return big ? first << 8 | second : second << 8 | first;
    };
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        auto c = unit(at);
        const bool high = c >= 0xD800 && c < 0xDC00;
        if (high && at + 3 < bytes.size() && (unit(at + 2) & 0xFC00) == 0xDC00) {
            c = 0x10000 + ((c & 0x3FF) << 10 | (unit(at + 2) & 0x3FF));
            at += 2;
        } else if (c >= 0xD800 && c < 0xE000) {
            c = replacement;
            replaced = true;
        }
        append_utf8(out, c);
    }
    replaced |= bytes.size() % 2 != 0;
    return out;
}

std::string from_utf32(std::string_view bytes, bool big, bool& replaced) {
    std::string out;
    for (std::size_t at = 0; at + 3 < bytes.size(); at += 4) {
        std::uint32_t c = 0;
        for (std::size_t i = 0; i < 4; ++i) c = c << 8 | static_cast<unsigned char>(bytes[at + (big ? i : 3 - i)]);
        const bool scalar = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
        append_utf8(out, scalar ? c : replacement);
        replaced |= !scalar;
    }
    replaced |= bytes.size() % 4 != 0;
    return out;
}

struct Width {
    std::size_t bytes = 1;  // per code unit
    bool big = false;
};

// How wide code units are, by a byte order mark, which is taken off, or by the zeros around MSH.
Width wide(std::string_view& bytes) {
    struct Start {
        std::string_view text;
        Width width;
        bool mark;
    };
    static constexpr Start starts[] = {
        {{"\xFF\xFE\0\0", 4}, {4, false}, true},    {{"\0\0\xFE\xFF", 4}, {4, true}, true},
        {{"M\0\0\0S\0\0\0", 8}, {4, false}, false}, {{"\0\0\0M\0\0\0S", 8}, {4, true}, false},
        {{"\xFE\xFF", 2}, {2, true}, true},         {{"\xFF\xFE", 2}, {2, false}, true},
        {{"\0M\0S", 4}, {2, true}, false},          {{"M\0S\0", 4}, {2, false}, false}};
    for (const auto& start : starts) {
        if (bytes.substr(0, start.text.size()) != start.text) continue;
        if (start.mark) bytes.remove_prefix(start.text.size());
        return start.width;
    }
    return {};
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The bytes of hexadecimal digits when all of them are above ASCII, else nothing.
std::string high_bytes(std::string_view digits) {
    std::string out;
    if (digits.size() % 2 != 0) return out;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const int high = hex_digit(digits[i]), low = hex_digit(digits[i + 1]);
        if (high < 8 || low < 0) return {};
        out.push_back(static_cast<char>(high * 16 + low));
    }
    return out;
}

Decoded guess_bytes(std::string_view bytes) {
    const bool c1 = has_c1(bytes);
    return {from_single_bytes(bytes), c1 ? "WINDOWS-1252" : "8859/1", true, false};
}

Decoded decode_utf8(std::string_view bytes) {
    bool replaced = false, multibyte = false;
    auto text = repaired_utf8(bytes, replaced, multibyte);
    if (replaced && !multibyte) return guess_bytes(bytes);
    return {std::move(text), "UNICODE UTF-8", false, replaced};
}

Decoded decode_8bit(std::string bytes, const Charset* charset) {
    if (is_utf8(bytes)) return {std::move(bytes), "UNICODE UTF-8", true, false};
    if (!charset || (charset->way != Way::latin1 && charset->way != Way::windows)) return guess_bytes(bytes);
    if (charset->way == Way::latin1 && has_c1(bytes)) return guess_bytes(bytes);
    return {from_single_bytes(bytes), std::string(charset->name), false, false};
}

bool one_byte(const Charset& charset) {
    const auto family = charset.name.substr(0, 2);
    return family == "88" || family == "WI" || family == "CP";
}

// Two bytes of GB 18030, Big5 or EUC-KR can look like UTF-8, but the characters of those languages take three in UTF-8.
bool is_utf8_after_all(std::string_view bytes, const Charset& charset) {
    const unsigned lowest = one_byte(charset) ? 0xC2 : 0xE0;
    return is_utf8(bytes) &&
           std::any_of(bytes.begin(), bytes.end(), [&](char c) { return static_cast<unsigned char>(c) >= lowest; });
}

std::string ascii_only(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        append_utf8(out, byte < 0x80 ? byte : replacement);
    }
    return out;
}

// A library that does not know the character set leaves nothing to guess: the text would be somebody else's name.
Decoded by_library(const std::string& bytes, const Charset& charset) {
    Decoded out{{}, std::string(charset.name), false, false};
    TextConverter converter(charset.library);
    if (converter.known()) {
        converter.convert(bytes, out.utf8, out.replaced);
    } else {
        out.utf8 = ascii_only(bytes);
        out.replaced = true;
    }
    return out;
}

bool has_katakana(const Charset& charset) {
    return charset.name == "ISO IR14";
}

// In eight bits katakana are only where ISO IR14 was declared: elsewhere they would be letters of another set.
Decoded decode_shifts(std::string_view bytes, const Charset& charset, bool katakana) {
    auto text = read_japanese(bytes, katakana);
    return {std::move(text.utf8), std::string(charset.name), false, text.replaced};
}

// Sequences like \XE4\ are bytes of the message's character set (HL7 2.7.5): those above ASCII are put where they
// stand, before the set is left. They cannot be delimiters.
std::string with_bytes_of_hex(std::string bytes, char escape) {
    const std::string mark{escape, 'X'};
    auto at = escape ? bytes.find(mark) : std::string::npos;
    if (at == std::string::npos) return bytes;
    std::string out;
    std::size_t done = 0;
    for (; at != std::string::npos; at = bytes.find(mark, at + 1)) {
        const auto end = bytes.find(escape, at + 2);
        if (end == std::string::npos) break;
        const auto high = high_bytes(std::string_view(bytes).substr(at + 2, end - at - 2));
        if (high.empty()) continue;
        out.append(bytes, done, at - done).append(high);
        done = end + 1;
        at = end;
    }
    return out.append(bytes, done);
}

struct Declared {
    const Charset* first = nullptr;   // the first that is more than ASCII
    const Charset* shifts = nullptr;  // what escape sequences of ISO 2022 may change to (MSH-18 repeats, MSH-20)
    bool katakana = false;            // ISO IR14 is among them
};

// ASCII~ISO IR87 means: ASCII, and by escape sequences the other.
Declared declared_charsets(const RawHeader& header, std::string_view when_silent) {
    const bool silent = header.fields[18].empty();
    auto names = silent ? when_silent : header.fields[18];
    const char separator = silent ? '~' : header.delimiters.repetition;
    Declared out;
    while (!names.empty()) {
        const auto end = separator ? names.find(separator) : std::string_view::npos;
        const auto* charset = charset_named(names.substr(0, end));
        if (!out.first || (charset && out.first->way == Way::ascii)) out.first = charset;
        if (!out.shifts && charset && charset->way == Way::shifts) out.shifts = charset;
        out.katakana |= charset && has_katakana(*charset);
        names.remove_prefix(end == std::string_view::npos ? names.size() : end + 1);
    }
    return out;
}

Decoded decode_as(std::string bytes, const Charset& charset, char escape) {
    if (charset.way == Way::utf8) {
        Decoded out{{}, std::string(charset.name), false, false};
        bool multibyte = false;
        out.utf8 = repaired_utf8(bytes, out.replaced, multibyte);
        return out;
    }
    if (charset.way == Way::ascii) return {ascii_only(bytes), "ASCII", false, !is_ascii(bytes)};
    if (one_byte(charset)) bytes = with_bytes_of_hex(std::move(bytes), escape);
    if (charset.way == Way::latin1 || charset.way == Way::windows)
        return {from_single_bytes(bytes), std::string(charset.name), false, false};
    if (charset.way == Way::shifts) return decode_shifts(bytes, charset, has_katakana(charset));
    if (charset.way == Way::library) return by_library(bytes, charset);
    return decode_8bit(std::move(bytes), nullptr);  // a wide set in narrow bytes
}

Decoded decode_wide(std::string_view bytes, Width width, std::string_view when_silent) {
    const bool four = width.bytes == 4;
    Decoded out{{}, four ? "UNICODE UTF-32" : "UNICODE UTF-16", false, false};
    out.utf8 = four ? from_utf32(bytes, width.big, out.replaced) : from_utf16(bytes, width.big, out.replaced);
    const auto name = read_header(out.utf8).first_of(18);
    const auto* charset = charset_named(name.empty() ? when_silent : name);
    out.guessed = !charset || charset->name != out.charset;
    return out;
}

}  // namespace

bool is_known_charset(std::string_view name) {
    return charset_named(name) != nullptr;
}

Decoded decode(std::string bytes, const CharsetRules& rules) {
    std::string_view view(bytes);
    if (const auto width = wide(view); width.bytes > 1) return decode_wide(view, width, rules.when_silent);
    const auto header = read_header(bytes);
    const char escape = header.usable ? header.delimiters.escape : '\0';
    const auto declared = declared_charsets(header, rules.when_silent);
    // The header looks into the bytes, which change below.
    if (const auto* always = charset_named(rules.always)) return decode_as(std::move(bytes), *always, escape);
    if (declared.shifts && view.find('\x1B') != std::string_view::npos)
        return decode_shifts(bytes, *declared.shifts, declared.katakana);
    const auto* charset = declared.first;
    if (charset && one_byte(*charset) && !is_utf8_after_all(bytes, *charset))
        bytes = with_bytes_of_hex(std::move(bytes), escape);
    if (is_ascii(bytes)) return {std::move(bytes), "ASCII", false, false};
    if (charset && (charset->way == Way::library || charset->way == Way::shifts)) {
        if (is_utf8_after_all(bytes, *charset)) return {std::move(bytes), "UNICODE UTF-8", true, false};
        return charset->way == Way::shifts ? decode_shifts(bytes, *charset, declared.katakana)
                                           : by_library(bytes, *charset);
    }
    if (charset && charset->way == Way::utf8) return decode_utf8(bytes);
    return decode_8bit(std::move(bytes), charset);
}

}  // namespace gantry::hl7
