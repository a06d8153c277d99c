// Whether the lengths that an encoded data set claims fit in its bytes (PS3.5 7.1, 7.5), before a reader believes them:
// DCMTK reserves what a value claims to have, and goes down as deep as sequences do. Private to the room.
#pragma once
#include <string_view>

#include "engine/dicom/dataset_encoding.hpp"

namespace gantry::dicom {

// False when a value, item or sequence is longer than what it stands in, a delimiter is missing or out of place,
// sequences are nested deeper than 16, or an explicit value representation is none. Linear in the bytes; no recursion.
bool lengths_fit(std::string_view bytes, Encoding encoding);

}  // namespace gantry::dicom
