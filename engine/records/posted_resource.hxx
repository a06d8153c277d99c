#pragma once
#include <odb/core.hxx>

#include <cstdint>
#include <string>

#include "message.hxx"

namespace gantry {
namespace records {

// Resources as they were posted (FHIR), each once, by the sum that records name it by. Never removed: changes name
// earlier ones.
#pragma db object table("posted_resource")
struct PostedResource {
#pragma db id
    std::string sum;  // SHA-256 of the text, hexadecimal
    bytes content;
    std::int16_t encoding = 0;  // store::BodyEncoding
};

}  // namespace records
}  // namespace gantry
