// Documents that a message encloses, emptied: of the same kind and length, with nothing left to read.
#pragma once
#include <string>
#include <string_view>

namespace gantry::structures {

// Whether it is for people to read as it stands: no control characters but those of lines.
bool is_text(std::string_view bytes);
// A PDF becomes one with an empty page, anything else keeps its first 16 bytes, by which programs know what it is, and
// is zeros from there on.
std::string emptied(std::string_view bytes);
// RFC 4648, section 4, in one line.
std::string to_base64(std::string_view bytes);

}  // namespace gantry::structures
