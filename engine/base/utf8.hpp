// UTF-8 (RFC 3629).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry {

// Length of the well-formed sequence at the start of text, 0 when there is none (overlong, surrogate, cut, above
// 10FFFF).
std::size_t utf8_length(std::string_view text);
bool is_ascii(std::string_view text);
bool is_utf8(std::string_view text);
// Takes the first character off `rest`. A byte that belongs to none is U+FFFD. Precondition: !rest.empty().
char32_t next_character(std::string_view& rest);
// Precondition: code_point is none above 10FFFF.
void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace gantry
