// Character sets (MSH-18, HL7 table 0211): received bytes to UTF-8, before anything else looks at them.
#pragma once
#include <string>
#include <string_view>

namespace gantry::hl7 {

struct Decoded {
    std::string utf8;
    std::string charset;    // what was used, as in table 0211: "UNICODE UTF-8", "8859/1", "WINDOWS-1252", …
    bool guessed = false;   // not what MSH-18 or the channel says: nothing was said, or the bytes contradict it
    bool replaced = false;  // U+FFFD stands where bytes could not be read
};

// channel_default: the character set where MSH-18 is empty, in any common spelling; empty: ASCII. ASCII bytes are
// always what they are. Rules where bytes and name disagree:
//   - well-formed UTF-8 with multi-byte characters is UTF-8, whatever an 8-bit name says (East Asian names: with
//   three-byte characters)
//   - 8859/1 with bytes 80-9F is Windows-1252
//   - UTF-8 that is malformed: 8859/1 when it holds no multi-byte character at all, else U+FFFD for the bad bytes
//   - unknown names: UTF-8 if well-formed, else 8859/1
// UTF-16 is recognised by a byte order mark or by its zeros. Never fails.
Decoded decode(std::string bytes, std::string_view channel_default = {});

}  // namespace gantry::hl7
