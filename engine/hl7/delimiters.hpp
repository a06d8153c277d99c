// MSH-1 and MSH-2 (HL7 v2.9 2.5.4): the characters that divide everything else.
#pragma once
#include <cstddef>
#include <string_view>

#include "engine/base/result.hpp"

namespace gantry::hl7 {

// 0 means the sender declared none (as with '#', truncation, before v2.7).
struct Delimiters {
    char field = '|', component = '^', repetition = '~', escape = '\\', subcomponent = '&', truncation = 0;
    bool operator==(const Delimiters&) const = default;
};

// segment: starts with MSH, BHS or FHS. MSH-2 empty: the recommended ^~\&; shorter than four: what is missing is not
// used. Errors: hl7_not_hl7 (nothing after the three letters), hl7_bad_delimiters (letters, digits, blanks, control
// characters or bytes above 126; two the same; more than five).
Result<Delimiters> read_delimiters(std::string_view segment);

// MSH-2 as these would be declared: "^~\\&", "^~\\&#".
std::string encoding_characters(const Delimiters& delimiters);

// Where the message starts: after a byte order mark and blanks or empty lines.
std::size_t start_of_message(std::string_view bytes);

}  // namespace gantry::hl7
