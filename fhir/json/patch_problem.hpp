// Why a patch was not applied. Nothing of it was, then.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace gantry::fhir::r4 {

struct PatchProblem {
    enum class Kind : std::uint8_t {
        unreadable,   // it is no patch
        unfulfilled,  // it is one, and not of this resource: nothing stands at a path, or a test fails
    } kind = Kind::unreadable;
    std::string text;
    std::string place;  // "/2/path", "Parameters.parameter[2]"; empty: the patch as a whole
};

// Of one patch. What it makes of a resource may have at most `most_patched_values` values.
inline constexpr std::size_t most_patch_operations = 1000;
inline constexpr std::size_t most_patched_values = 100'000;

}  // namespace gantry::fhir::r4
