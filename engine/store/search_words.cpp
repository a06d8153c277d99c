#include "engine/store/search_words.hpp"

#include <locale.h>
#include <clocale>
#include <cwctype>

#include <algorithm>

namespace gantry::store {
namespace {

constexpr std::size_t shortest = 2, longest = 64, most_words = 10'000;
// No line of text is so long without a blank.
constexpr std::size_t longest_text_run = 400;

// Letters of all scripts, whatever the locale of the process is.
locale_t all_scripts() {
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
}

bool is_ascii_alphanumeric(char32_t c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_base64(char c) {
    return is_ascii_alphanumeric(static_cast<unsigned char>(c)) || c == '+' || c == '/' || c == '=';
}

// The character at the beginning, and how many bytes it has; 0 for what is not well-formed.
std::pair<char32_t, std::size_t> first_of(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto first = byte(0);
    if (first < 0x80) return {first, 1};
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || length > text.size()) return {0, 0};
    auto out = static_cast<char32_t>(first & (0x7F >> length));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {0, 0};
        out = out << 6 | (byte(i) & 0x3F);
    }
    return {out, length};
}

void append(std::string& to, char32_t c) {
    const auto put = [&](char32_t bits) { to.push_back(static_cast<char>(bits)); };
    if (c < 0x80) return put(c);
    if (c < 0x800) {
        put(0xC0 | c >> 6);
    } else {
        if (c < 0x10000) {
            put(0xE0 | c >> 12);
        } else {
            put(0xF0 | c >> 18);
            put(0x80 | (c >> 12 & 0x3F));
        }
        put(0x80 | (c >> 6 & 0x3F));
    }
    put(0x80 | (c & 0x3F));
}

// In lower case; 0: it is no part of a word.
char32_t folded(char32_t c) {
    if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : is_ascii_alphanumeric(c) ? c : 0;
    const auto locale = all_scripts();
    if (locale == nullptr) return c;
    if (iswalnum_l(static_cast<wint_t>(c), locale) == 0) return 0;
    return static_cast<char32_t>(towlower_l(static_cast<wint_t>(c), locale));
}

std::size_t base64_run(std::string_view text) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_base64);
    return static_cast<std::size_t>(end - text.begin());
}

}  // namespace

std::vector<std::string> search_words(std::string_view utf8) {
    std::vector<std::string> out;
    std::string word;
    const auto end_word = [&] {
        if (word.size() >= shortest && word.size() <= longest) out.push_back(word);
        word.clear();
    };
    bool may_be_run = true;
    while (!utf8.empty()) {
        if (may_be_run) {
            const auto run = base64_run(utf8);
            may_be_run = false;
            if (run > longest_text_run) {
                utf8.remove_prefix(run);
                continue;
            }
        }
        const auto [c, length] = first_of(utf8);
        if (length == 1 && !is_base64(utf8.front())) may_be_run = true;
        const auto letter = length == 0 ? 0 : folded(c);
        if (letter == 0)
            end_word();
        else if (word.size() <= longest)
            append(word, letter);
        utf8.remove_prefix(std::max<std::size_t>(length, 1));
    }
    end_word();
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    if (out.size() > most_words) out.resize(most_words);
    return out;
}

}  // namespace gantry::store
