// http://hl7.org/fhir/R4/binary.html
#pragma once
#include <string>
#include <string_view>

namespace gantry::fhir {

// An enclosed document as it was sent, under its SHA-256 in hexadecimal. What has a digest never changes: the version
// is 1, and no moment is given. What is no media type is application/octet-stream.
std::string binary_json(std::string_view digest, std::string_view media_type, std::string_view bytes);

}  // namespace gantry::fhir
