#include "engine/hl7/decode.hpp"

#include <iconv.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "engine/hl7/header.hpp"
#include "engine/hl7/utf8.hpp"

namespace gantry::hl7 {
namespace {

constexpr std::uint32_t replacement = 0xFFFD;

// Windows-1252's 80-9F (WHATWG encoding standard: the five unassigned bytes are C1 controls).
constexpr std::uint16_t windows_1252[32] = {0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                            0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
                                            0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                            0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

enum class Way { ascii, utf8, utf16, latin1, windows, library, unknown };

struct Charset {
    std::string_view spelling;  // capital letters and digits only
    Way way;
    std::string_view name;     // table 0211
    const char* library = "";  // name for iconv
};

// UNICODE alone does not say which form; the bytes do.
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
    {"88591", Way::latin1, "8859/1"},
    {"ISO88591", Way::latin1, "8859/1"},
    {"ISOIR100", Way::latin1, "8859/1"},
    {"LATIN1", Way::latin1, "8859/1"},
    {"WINDOWS1252", Way::windows, "WINDOWS-1252"},
    {"CP1252", Way::windows, "WINDOWS-1252"},
    {"ISOIR14", Way::library, "ISO IR14", "ISO-2022-JP-3"},
    {"ISOIR87", Way::library, "ISO IR87", "ISO-2022-JP-3"},
    {"ISOIR159", Way::library, "ISO IR159", "ISO-2022-JP-2"},
    {"SHIFTJIS", Way::library, "SHIFT_JIS", "CP932"},
    {"GB180302000", Way::library, "GB 18030-2000", "GB18030"},
    {"GB18030", Way::library, "GB 18030-2000", "GB18030"},
    {"KSX1001", Way::library, "KS X 1001", "EUC-KR"},
    {"BIG5", Way::library, "BIG-5", "BIG5"},
    {"88592", Way::library, "8859/2", "ISO-8859-2"},
    {"88593", Way::library, "8859/3", "ISO-8859-3"},
    {"88594", Way::library, "8859/4", "ISO-8859-4"},
    {"88595", Way::library, "8859/5", "ISO-8859-5"},
    {"88596", Way::library, "8859/6", "ISO-8859-6"},
    {"88597", Way::library, "8859/7", "ISO-8859-7"},
    {"88598", Way::library, "8859/8", "ISO-8859-8"},
    {"88599", Way::library, "8859/9", "ISO-8859-9"},
    {"885915", Way::library, "8859/15", "ISO-8859-15"},
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

// The C library's converter, closed whatever happens.
class Converter {
  public:
    explicit Converter(const char* from) : handle_(iconv_open("UTF-8", from)) {}
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;
    ~Converter() {
        if (known()) iconv_close(handle_);
    }
    bool known() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

    std::string convert(std::string bytes, bool& replaced) {
        std::string out;
        char* in = bytes.data();
        std::size_t left = bytes.size();
        char piece[4096];
        while (left > 0) {
            char* to = piece;
            std::size_t room = sizeof piece;
            const bool failed = iconv(handle_, &in, &left, &to, &room) == static_cast<std::size_t>(-1);
            const bool full = failed && errno == E2BIG;
            out.append(piece, sizeof piece - room);
            if (!failed || full) continue;
            append_utf8(out, replacement);
            replaced = true;
            ++in;
            --left;
        }
        return out;
    }

  private:
    iconv_t handle_;
};

// 0: not UTF-16; else 'b' or 'l', with the length of a byte order mark taken off.
char utf16_order(std::string_view& bytes) {
    const auto mark = bytes.substr(0, 2);
    if (mark == "\xFE\xFF" || mark == "\xFF\xFE") {
        bytes.remove_prefix(2);
        return mark[0] == '\xFE' ? 'b' : 'l';
    }
    if (bytes.substr(0, 4) == std::string_view("\0M\0S", 4)) return 'b';
    return bytes.substr(0, 4) == std::string_view("M\0S\0", 4) ? 'l' : '\0';
}

Decoded guess_bytes(std::string bytes) {
    const bool c1 = has_c1(bytes);
    return {from_single_bytes(bytes), c1 ? "WINDOWS-1252" : "8859/1", true, false};
}

Decoded decode_utf8(std::string bytes) {
    bool replaced = false, multibyte = false;
    auto text = repaired_utf8(bytes, replaced, multibyte);
    if (replaced && !multibyte) return guess_bytes(std::move(bytes));
    return {std::move(text), "UNICODE UTF-8", false, replaced};
}

Decoded decode_8bit(std::string bytes, const Charset* charset) {
    if (is_utf8(bytes)) return {std::move(bytes), "UNICODE UTF-8", true, false};
    if (!charset || (charset->way != Way::latin1 && charset->way != Way::windows)) return guess_bytes(std::move(bytes));
    if (charset->way == Way::latin1 && has_c1(bytes)) return guess_bytes(std::move(bytes));
    return {from_single_bytes(bytes), std::string(charset->name), false, false};
}

// Two bytes of GB 18030, Big5 or EUC-KR can look like UTF-8, but the characters of those languages take three in UTF-8.
bool is_utf8_after_all(std::string_view bytes, const Charset& charset) {
    const bool one_byte = charset.name.substr(0, 4) == "8859";
    const unsigned lowest = one_byte ? 0xC2 : 0xE0;
    return is_utf8(bytes) &&
           std::any_of(bytes.begin(), bytes.end(), [&](char c) { return static_cast<unsigned char>(c) >= lowest; });
}

Decoded decode_by_library(std::string bytes, const Charset& charset) {
    if (is_utf8_after_all(bytes, charset)) return {std::move(bytes), "UNICODE UTF-8", true, false};
    Converter converter(charset.library);
    if (!converter.known()) return decode_8bit(std::move(bytes), nullptr);
    Decoded out;
    out.charset = charset.name;
    out.utf8 = converter.convert(std::move(bytes), out.replaced);
    return out;
}

// ASCII~ISO IR87 means: ASCII, and by escape sequences the other (MSH-20, ISO 2022).
const Charset* declared_charset(const RawHeader& header, std::string_view channel_default) {
    auto names = header.fields[18];
    const Charset* first = nullptr;
    while (!names.empty()) {
        const auto end =
            header.delimiters.repetition ? names.find(header.delimiters.repetition) : std::string_view::npos;
        const auto* charset = charset_named(names.substr(0, end));
        if (charset && charset->way == Way::library) return charset;
        if (!first) first = charset;
        names.remove_prefix(end == std::string_view::npos ? names.size() : end + 1);
    }
    return first || !header.fields[18].empty() ? first : charset_named(channel_default);
}

}  // namespace

Decoded decode(std::string bytes, std::string_view channel_default) {
    std::string_view view(bytes);
    if (const char order = utf16_order(view)) {
        Decoded out{{}, "UNICODE UTF-16", false, false};
        out.utf8 = from_utf16(view, order == 'b', out.replaced);
        const auto name = read_header(out.utf8).first_of(18);
        const auto* charset = charset_named(name.empty() ? channel_default : name);
        out.guessed = !charset || charset->way != Way::utf16;
        return out;
    }
    const auto* charset = declared_charset(read_header(bytes), channel_default);
    const bool shifts = charset && charset->way == Way::library && view.find('\x1B') != std::string_view::npos;
    if (is_ascii(bytes) && !shifts) return {std::move(bytes), "ASCII", false, false};
    if (charset && charset->way == Way::library) return decode_by_library(std::move(bytes), *charset);
    if (charset && charset->way == Way::utf8) return decode_utf8(std::move(bytes));
    return decode_8bit(std::move(bytes), charset);
}

}  // namespace gantry::hl7
