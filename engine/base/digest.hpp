// Content identity: SHA-256, and UIDs derived from names.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);

// A DICOM UID under 2.25 (PS3.5 B.2) made from a name-based UUID: the same name gives the same UID for ever.
// At most 44 characters.
std::string uid_from_name(std::string_view name);

std::string hex(std::string_view bytes);

}  // namespace gantry
