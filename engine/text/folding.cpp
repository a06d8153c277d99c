#include "engine/text/folding.hpp"

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <memory>

#include "engine/base/utf8.hpp"

namespace gantry::text {
namespace {

constexpr char32_t voiced_mark = 0x3099, semi_voiced_mark = 0x309A;  // combining, as decompositions have them

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

bool between(char32_t c, char32_t first, char32_t last) {
    return c >= first && c <= last;
}

UChar32 icu_of(char32_t c) {
    return static_cast<UChar32>(c);
}

// Marks that are left out where people write in haste. Those of Indic scripts and Thai are vowels and tones, and stay.
bool is_diacritic(char32_t c) {
    if (u_charType(icu_of(c)) != U_NON_SPACING_MARK) return false;
    UErrorCode error = U_ZERO_ERROR;
    const auto script = uscript_getScript(icu_of(c), &error);
    return script == USCRIPT_INHERITED || script == USCRIPT_HEBREW || script == USCRIPT_ARABIC;
}

// KA and its voicing mark are GA, another letter. False: the mark belongs to nothing here.
bool voice(std::u32string& text, char32_t mark) {
    UErrorCode error = U_ZERO_ERROR;
    const auto* canonical = unorm2_getNFCInstance(&error);
    if (U_FAILURE(error) || text.empty()) return false;
    const auto composed = unorm2_composePair(canonical, icu_of(text.back()), icu_of(mark));
    if (composed < 0) return false;
    text.back() = static_cast<char32_t>(composed);
    return true;
}

void append_folded(std::u32string& out, char32_t c) {
    if ((c == voiced_mark || c == semi_voiced_mark) && voice(out, c)) return;
    if (!is_diacritic(c)) out += static_cast<char32_t>(u_foldCase(icu_of(c), U_FOLD_CASE_DEFAULT));
}

// What the character is made of; nothing when it is not made of anything. A Hangul syllable stays one character, so
// that `?` is one.
std::u32string parts_of(char32_t c) {
    std::u32string out;
    if (between(c, 0xAC00, 0xD7A3)) return out;
    UErrorCode error = U_ZERO_ERROR;
    const auto* compatible = unorm2_getNFKDInstance(&error);
    if (U_FAILURE(error)) return out;
    std::array<UChar, 32> units{};
    const auto size = unorm2_getDecomposition(compatible, icu_of(c), units.data(), units.size(), &error);
    if (U_FAILURE(error)) return out;
    for (int32_t at = 0; at < size;) {
        UChar32 part = 0;
        U16_NEXT(units.data(), at, size, part);
        out += static_cast<char32_t>(part);
    }
    return out;
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
    if (c < 0x80) {
        out += between(c, 'A', 'Z') ? c + 0x20 : c;
    } else if (const auto letters = find_base_letters(c); !letters.empty()) {
        out += letters;
    } else if (const auto parts = parts_of(c); !parts.empty()) {
        for (const char32_t part : parts) append_folded(out, part);
    } else {
        append_folded(out, c);
    }
}

const icu::Transliterator* romaniser() {
    static const std::unique_ptr<const icu::Transliterator> once = [] {
        UErrorCode error = U_ZERO_ERROR;
        std::unique_ptr<const icu::Transliterator> made(
            icu::Transliterator::createInstance("Any-Latin; Latin-ASCII", UTRANS_FORWARD, error));
        return U_SUCCESS(error) ? std::move(made) : nullptr;
    }();
    return once.get();
}

bool stands_alone(char c) {
    return c >= 0x20 && c < 0x7F && c != '\\' && c != '^' && c != '=';
}

}  // namespace

std::u32string folded(std::string_view utf8) {
    std::u32string out;
    out.reserve(utf8.size());
    while (!utf8.empty()) fold_one(out, next_character(utf8));
    return out;
}

std::string folded_text(std::string_view utf8) {
    std::string out;
    for (const char32_t c : folded(utf8)) append_utf8(out, c);
    return out;
}

std::string base_letters_of(char32_t character) {
    std::string out;
    for (const char32_t c : find_base_letters(character)) {
        out += static_cast<char>(is_upper(character) ? c - U'a' + U'A' : c);
    }
    return out;
}

std::string in_latin_letters(std::u32string_view text) {
    icu::UnicodeString work;
    for (const char32_t c : text) work.append(icu_of(c));
    if (romaniser() != nullptr) romaniser()->transliterate(work);
    std::string out;
    for (int32_t i = 0; i < work.length(); i = work.moveIndex32(i, 1)) {
        const auto c = work.char32At(i);
        if (c >= 0x80)
            out += '?';
        else if (stands_alone(static_cast<char>(c)))
            out += static_cast<char>(c);
    }
    return out.empty() ? "?" : out;
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

}  // namespace gantry::text
