#include "engine/store/search_words.hpp"

#include <locale.h>
#include <clocale>
#include <cwctype>

#include <algorithm>

#include "engine/base/utf8.hpp"

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
        const auto c = next_character(utf8);
        if (c < 0x80 && !is_base64(static_cast<char>(c))) may_be_run = true;
        const auto letter = folded(c);
        if (letter == 0)
            end_word();
        else if (word.size() <= longest)
            append_utf8(word, letter);
    }
    end_word();
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    if (out.size() > most_words) out.resize(most_words);
    return out;
}

}  // namespace gantry::store
