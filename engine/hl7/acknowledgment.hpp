// What an acknowledgment says (HL7 v2.9 2.14.8): read from a reply, or from a message that is one.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/hl7/message.hpp"

namespace gantry::hl7 {

// One MSA, and what the ERR after it say.
struct Acknowledgment {
    std::string code;        // MSA-1
    std::string control_id;  // MSA-2, blanks around it gone, escapes resolved; empty: it names no message
    int condition = 0;       // the first of ERR-3, before v2.5 ERR-1.4, that is in table 0357
    std::optional<std::int64_t> expected_number{};  // MSA-4
};

// MSH-10 or MSA-2 as they are compared: receivers pad it, and escape it by delimiters of their own.
std::string comparable_control_id(std::string_view raw, const Delimiters& delimiters);
bool is_acknowledgment_code(std::string_view code);  // table 0008

// Every acknowledgment in it, in their order, whatever else is in it; none: it is not one.
std::vector<Acknowledgment> read_acknowledgments(const Message& message);
// reply: as received, in any character set that has ASCII in it.
std::vector<Acknowledgment> read_acknowledgments(std::string_view reply);

// Code and condition as one short text, and read again; a code that is not in the table becomes "??".
std::string to_text(const Acknowledgment& acknowledgment);
Acknowledgment acknowledgment_of(std::string_view text);

}  // namespace gantry::hl7
