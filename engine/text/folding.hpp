// Comparing names as people do: without case, diacritics and width.
#pragma once
#include <string>
#include <string_view>

namespace gantry::text {

// Without case, width (full-width forms are ASCII, half-width katakana is katakana) and diacritics of Latin, Greek,
// Cyrillic, Hebrew and Arabic letters (ß is ss, Æ is ae).
std::u32string folded(std::string_view utf8);
std::string folded_text(std::string_view utf8);  // the same in UTF-8
// The ASCII letters a Latin letter with diacritics is written with where it cannot be said: É is E, ß is ss. Empty:
// none.
std::string base_letters_of(char32_t character);
// Any script in Latin letters without diacritics, for whoever cannot read it (Люксембург: Luksemburg). Only ASCII, none
// of `\`, `^` and `=`; `?` for what has no letters. Chinese characters are read as Chinese.
std::string in_latin_letters(std::u32string_view text);
std::u32string characters_of(std::string_view utf8);

// `*`: any characters, also none; `?`: exactly one (PS3.4 C.2.2.2.4).
bool wildcard_match(std::u32string_view pattern, std::u32string_view text);

}  // namespace gantry::text
