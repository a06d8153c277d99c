// A file or frame that holds several messages (HL7 v2.9 2.10.3): FHS, BHS, messages, BTS, FTS; or messages one after
// the other without an envelope.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace gantry::hl7 {

// Views into the buffer it was split from.
struct Batch {
    std::vector<std::string_view> messages;  // each from its MSH to the next MSH or trailer, last line end included
    bool enveloped = false;                  // there was a FHS or BHS
    std::optional<std::size_t> announced;    // sum of the counts in BTS-1, when every BTS has one
};

// A line that starts with MSH, BHS or FHS and a separator begins something new; BTS and FTS end it. Bytes before the
// first of them are left out. No MSH: no messages.
Batch split_batch(std::string_view bytes);

}  // namespace gantry::hl7
