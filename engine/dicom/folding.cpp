#include "engine/dicom/folding.hpp"

#include <algorithm>

namespace gantry::dicom {
namespace {

constexpr char32_t replacement = 0xFFFD;

// A run of characters that mean the same base letters, upper and lower case alike.
struct BaseLetters {
    char32_t first, last;
    std::u32string_view letters;
};
constexpr BaseLetters base_letters[] = {
    {0xC0, 0xC5, U"a"},   {0xC6, 0xC6, U"ae"},  {0xC7, 0xC7, U"c"},   {0xC8, 0xCB, U"e"},    {0xCC, 0xCF, U"i"},
    {0xD0, 0xD0, U"d"},   {0xD1, 0xD1, U"n"},   {0xD2, 0xD6, U"o"},   {0xD8, 0xD8, U"o"},    {0xD9, 0xDC, U"u"},
    {0xDD, 0xDD, U"y"},   {0xDE, 0xDE, U"th"},  {0xDF, 0xDF, U"ss"},  {0xE0, 0xE5, U"a"},    {0xE6, 0xE6, U"ae"},
    {0xE7, 0xE7, U"c"},   {0xE8, 0xEB, U"e"},   {0xEC, 0xEF, U"i"},   {0xF0, 0xF0, U"d"},    {0xF1, 0xF1, U"n"},
    {0xF2, 0xF6, U"o"},   {0xF8, 0xF8, U"o"},   {0xF9, 0xFC, U"u"},   {0xFD, 0xFD, U"y"},    {0xFE, 0xFE, U"th"},
    {0xFF, 0xFF, U"y"},   {0x100, 0x105, U"a"}, {0x106, 0x10D, U"c"}, {0x10E, 0x111, U"d"},  {0x112, 0x11B, U"e"},
    {0x11C, 0x123, U"g"}, {0x124, 0x127, U"h"}, {0x128, 0x131, U"i"}, {0x132, 0x133, U"ij"}, {0x134, 0x135, U"j"},
    {0x136, 0x138, U"k"}, {0x139, 0x142, U"l"}, {0x143, 0x14B, U"n"}, {0x14C, 0x151, U"o"},  {0x152, 0x153, U"oe"},
    {0x154, 0x159, U"r"}, {0x15A, 0x161, U"s"}, {0x162, 0x167, U"t"}, {0x168, 0x173, U"u"},  {0x174, 0x175, U"w"},
    {0x176, 0x178, U"y"}, {0x179, 0x17E, U"z"}, {0x17F, 0x17F, U"s"},
};

// U+FF66 … U+FF9D.
constexpr std::u32string_view katakana =
    U"ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
constexpr char32_t halfwidth_katakana = 0xFF66, voiced_mark = 0xFF9E, semi_voiced_mark = 0xFF9F;

bool between(char32_t c, char32_t first, char32_t last) {
    return c >= first && c <= last;
}

char32_t lower(char32_t c) {
    if (between(c, 'A', 'Z') || between(c, 0x391, 0x3A9) || between(c, 0x410, 0x42F)) return c + 0x20;
    return between(c, 0x400, 0x40F) ? c + 0x50 : c;
}

char32_t full_katakana(char32_t c) {
    return katakana[c - halfwidth_katakana];
}

// A half-width voicing mark belongs to the letter before it. False: there is none it can belong to.
bool voice(std::u32string& text, char32_t mark) {
    if (text.empty()) return false;
    const bool h_row = between(text.back(), U'ハ', U'ホ');
    if (mark == voiced_mark && (h_row || between(text.back(), U'カ', U'ト')))
        text.back() += 1;
    else if (mark == semi_voiced_mark && h_row)
        text.back() += 2;
    else if (mark == voiced_mark && text.back() == U'ウ')
        text.back() = U'ヴ';
    else
        return false;
    return true;
}

std::u32string_view find_base_letters(char32_t c) {
    const auto row = std::find_if(std::begin(base_letters), std::end(base_letters),
                                  [c](const BaseLetters& r) { return between(c, r.first, r.last); });
    return row == std::end(base_letters) ? std::u32string_view() : row->letters;
}

// In Latin Extended-A upper and lower case alternate; the parity changes twice.
bool is_upper(char32_t c) {
    if (between(c, 0xC0, 0xDE) || c == 0x178) return true;
    if (c < 0x100) return false;
    const bool odd_is_upper = between(c, 0x139, 0x148) || between(c, 0x179, 0x17E);
    return (c % 2 == 1) == odd_is_upper && c != 0x138 && c != 0x149 && c != 0x17F;
}

void fold_one(std::u32string& out, char32_t c) {
    if (between(c, 0x300, 0x36F)) return;  // combining marks
    if (between(c, 0xFF01, 0xFF5E)) c -= 0xFEE0;
    if (c == 0x3000) c = U' ';
    if (between(c, halfwidth_katakana, voiced_mark - 1)) c = full_katakana(c);
    if ((c == voiced_mark || c == semi_voiced_mark) && voice(out, c)) return;
    if (const auto letters = find_base_letters(c); !letters.empty())
        out += letters;
    else
        out += lower(c);
}

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

int trailing_bytes(unsigned char lead) {
    if (lead < 0x80) return 0;
    if (lead >= 0xC2 && lead <= 0xDF) return 1;
    if (lead >= 0xE0 && lead <= 0xEF) return 2;
    return lead >= 0xF0 && lead <= 0xF4 ? 3 : -1;
}

bool overlong_or_surrogate(char32_t c, int trailing) {
    return (trailing == 2 && c < 0x800) || (trailing == 3 && c < 0x10000) || c > 0x10FFFF || between(c, 0xD800, 0xDFFF);
}

}  // namespace

char32_t next_character(std::string_view& rest) {
    const auto lead = static_cast<unsigned char>(rest.front());
    const int trailing = trailing_bytes(lead);
    rest.remove_prefix(1);
    if (trailing <= 0) return trailing == 0 ? lead : replacement;
    const auto count = static_cast<std::size_t>(trailing);
    if (rest.size() < count || !std::all_of(rest.begin(), rest.begin() + trailing, is_continuation)) return replacement;
    char32_t c = static_cast<char32_t>(lead & (0x3F >> trailing));
    for (const char byte : rest.substr(0, count)) c = c << 6 | (static_cast<unsigned char>(byte) & 0x3F);
    if (overlong_or_surrogate(c, trailing)) return replacement;
    rest.remove_prefix(count);
    return c;
}

void append_character(std::string& utf8, char32_t c) {
    const auto add = [&](char32_t byte) { utf8 += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (c < 0x80) return add(c);
    if (c < 0x800) {
        add(0xC0 | c >> 6);
    } else {
        if (c < 0x10000) {
            add(0xE0 | c >> 12);
        } else {
            add(0xF0 | c >> 18);
            add(0x80 | (c >> 12 & 0x3F));
        }
        add(0x80 | (c >> 6 & 0x3F));
    }
    add(0x80 | (c & 0x3F));
}

std::u32string folded(std::string_view utf8) {
    std::u32string out;
    out.reserve(utf8.size());
    while (!utf8.empty()) fold_one(out, next_character(utf8));
    return out;
}

std::string base_letters_of(char32_t character) {
    std::string out;
    for (const char32_t c : find_base_letters(character)) {
        out += static_cast<char>(is_upper(character) ? c - U'a' + U'A' : c);
    }
    return out;
}

std::u32string characters_of(std::string_view utf8) {
    std::u32string out;
    out.reserve(utf8.size());
    while (!utf8.empty()) out += next_character(utf8);
    return out;
}

// Back to the last `*` on a mismatch: at most pattern × text steps, no recursion.
bool wildcard_match(std::u32string_view pattern, std::u32string_view text) {
    std::size_t p = 0, t = 0, star = std::u32string_view::npos, resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == U'*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && (pattern[p] == U'?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::u32string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of(U'*', p) == std::u32string_view::npos;
}

}  // namespace gantry::dicom
