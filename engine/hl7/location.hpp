// Where an error is, as ERR-2 says it (data type ERL, HL7 v2.9 2A.3.29).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace gantry::hl7 {

// 0: not said.
struct ErrorLocation {
    std::string segment;
    std::size_t sequence = 0, field = 0, repetition = 0, component = 0, subcomponent = 0;

    bool operator==(const ErrorLocation&) const = default;
    std::string text() const;  // "OBR[2]-4.1", "PID-3[2].1", "PID"; empty for no segment
};

// path: as in path.hpp, or only a segment ("PID", "OBR[2]"). Without an index the first segment and repetition are
// meant; what a condition chose has no number. Anything else ("/destinations/0") has no location in a message.
ErrorLocation error_location(std::string_view path);

}  // namespace gantry::hl7
