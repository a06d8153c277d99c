// Base64 (RFC 4648, section 4) as it comes in messages: blanks and line breaks between the characters are skipped, and
// padding may be missing.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace gantry {

// Nothing when there is any other character, or a single one left over.
std::optional<std::string> from_base64(std::string_view text);
// With padding, without line breaks.
std::string to_base64(std::string_view bytes);

}  // namespace gantry
