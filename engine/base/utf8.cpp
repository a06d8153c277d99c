#include "engine/base/utf8.hpp"

#include <cstring>

namespace gantry {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}
bool continues(std::string_view text, std::size_t at) {
    return at < text.size() && (byte_at(text, at) & 0xC0) == 0x80;
}

// The second byte's bounds exclude overlong forms, surrogates and what is above 10FFFF (RFC 3629 section 4).
bool second_fits(unsigned first, unsigned second) {
    const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    return second >= low && second <= high;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
    if (text.empty()) return 0;
    const unsigned first = byte_at(text, 0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                               : (first & 0xF0) == 0xE0         ? 3
                               : first >= 0xF0 && first <= 0xF4 ? 4
                                                                : 0;
    if (length == 0 || text.size() < length || !second_fits(first, byte_at(text, 1))) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (!continues(text, i)) return 0;
    return length;
}

bool is_ascii(std::string_view text) {
    std::uint64_t high = 0;
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t word;
        std::memcpy(&word, text.data() + at, 8);
        high |= word;
    }
    for (; at < text.size(); ++at) high |= byte_at(text, at);
    return (high & 0x8080808080808080u) == 0;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto run = text.substr(0, 64);
        const auto length = is_ascii(run) ? run.size() : utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

char32_t next_character(std::string_view& rest) {
    constexpr char32_t replacement = 0xFFFD;
    const auto length = utf8_length(rest);
    auto out = static_cast<char32_t>(byte_at(rest, 0));
    if (length > 1) out &= 0x7Fu >> length;
    for (std::size_t i = 1; i < length; ++i) out = out << 6 | (byte_at(rest, i) & 0x3F);
    rest.remove_prefix(length == 0 ? 1 : length);
    return length == 0 ? replacement : out;
}

void append_utf8(std::string& out, std::uint32_t c) {
    auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (c < 0x80) return put(c);
    if (c < 0x800) return put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
    if (c < 0x10000) return put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
    put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
}

}  // namespace gantry
