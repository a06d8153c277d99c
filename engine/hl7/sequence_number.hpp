// The sequence number protocol of who sends (HL7 v2.9 2.10.1): MSH-13 of messages that are there already. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::hl7 {

// The message with this number in MSH-13, every other byte as it is. Without an MSH: as it is.
std::string with_sequence_number(std::string_view message, std::int64_t number);

// The message that starts the link that this one is about to be sent over: an MSH of the same sender and receiver with
// the number 0, in original mode.
std::string link_start(std::string_view message, std::string_view control_id, std::string_view when);

}  // namespace gantry::hl7
