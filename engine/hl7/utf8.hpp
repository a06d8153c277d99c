// UTF-8 (RFC 3629) as far as this room needs it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::hl7 {

// Length of the well-formed sequence at the start of text, 0 when there is none (overlong, surrogate, cut, above
// 10FFFF).
std::size_t utf8_length(std::string_view text);
bool is_ascii(std::string_view text);
bool is_utf8(std::string_view text);
void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace gantry::hl7
