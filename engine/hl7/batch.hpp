// A file or frame that holds several messages (HL7 v2.9 2.10.3): FHS, BHS, messages, BTS, FTS; or messages one after
// the other without an envelope.
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace gantry::hl7 {

// Views into the buffer it was split from.
struct Batch {
    // Messages that stand under one BHS, or under none.
    struct Group {
        std::string_view header;               // the line; empty: no BHS
        std::size_t messages = 0;              // how many of Batch::messages, in their order
        std::optional<std::size_t> announced;  // BTS-1
    };
    std::vector<std::string_view> messages;     // each from its MSH to the next MSH or trailer, last line end included
    std::string_view file_header;               // the first FHS line; empty: none
    std::vector<Group> groups;                  // at least one per BHS
    std::optional<std::size_t> announced;       // sum of the counts in BTS-1, when every BTS has one
    std::optional<std::size_t> file_announced;  // FTS-1: how many groups

    // There was a FHS or BHS.
    bool enveloped() const;
    // What one acknowledgment cannot answer: an envelope, or more than one message.
    bool several() const { return enveloped() || messages.size() > 1; }
};

// A line that starts with MSH, BHS or FHS and a separator begins something new; BTS and FTS end it. Bytes before the
// first of them are left out. No MSH: no messages.
Batch split_batch(std::string_view bytes);

// Whether split_batch() could find an envelope or more than one message; false for nearly every message, at the cost of
// one search.
bool may_be_batch(std::string_view bytes);

}  // namespace gantry::hl7
