// The MSH of a message as it came, before character sets and the index: whatever can be read, however broken the rest.
#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "engine/hl7/delimiters.hpp"

namespace gantry::hl7 {

// Views into the bytes it was read from.
struct RawHeader {
    bool found = false;   // there is a MSH with a field separator
    bool usable = false;  // and its delimiters can be used; if not, `delimiters` are the recommended ones
    Delimiters delimiters;
    std::array<std::string_view, 26> fields;  // fields[n] is MSH-n; 3 and following

    // The first component of the first repetition.
    std::string_view first_of(std::size_t field) const;
    std::string_view component(std::size_t field, std::size_t n) const;

    // The whole field as it goes back to the sender: cut at 4096 bytes, without control characters, HL7 null as
    // nothing. Delimiters that cannot be used mean nothing: then the value is text, escaped with the recommended ones.
    std::string echo(std::size_t field) const;
};

// Looks at the start, then for the first line that starts with MSH, then for the first "MSH" before a character that
// can be a separator; never further than 64 KiB.
RawHeader read_header(std::string_view bytes);

// line: starts with MSH, BHS or FHS; read up to its end.
RawHeader read_header_line(std::string_view line);

// What may go back to a sender of a value as it was received: cut at 4096 bytes, without control characters, HL7 null
// as nothing.
std::string echo_of(std::string_view raw);

}  // namespace gantry::hl7
