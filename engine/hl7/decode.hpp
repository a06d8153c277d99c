// Character sets (MSH-18, HL7 table 0211): received bytes to UTF-8, before anything else looks at them.
#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace gantry::hl7 {

struct Decoded {
    std::string utf8;
    std::string charset;    // what was used, as in table 0211: "UNICODE UTF-8", "8859/1", "WINDOWS-1252", …
    bool guessed = false;   // not what MSH-18 or the channel says: nothing was said, or the bytes contradict it
    bool replaced = false;  // U+FFFD stands where bytes could not be read
};

// What a channel says about character sets, in any common spelling; empty: nothing.
struct CharsetRules {
    std::string_view when_silent = {};  // where MSH-18 is empty; nothing: ASCII
    std::string_view always = {};       // whatever MSH-18 says, for senders that say something else than they send
};
bool is_known_charset(std::string_view name);

// ASCII bytes are always what they are. MSH-18 may repeat: the first that is more than ASCII is meant, and where escape
// sequences of ISO 2022 stand in the message, the one they change to. Rules where bytes and name disagree, unless the
// channel says `always`:
//   - well-formed UTF-8 with multi-byte characters is UTF-8, whatever an 8-bit name says (East Asian names: with
//   three-byte characters)
//   - 8859/1 with bytes 80-9F is Windows-1252
//   - UTF-8 that is malformed: 8859/1 when it holds no multi-byte character at all, else U+FFFD for the bad bytes
//   - unknown names: UTF-8 if well-formed, else 8859/1
// A set that this system's C library does not know gives U+FFFD. UTF-16 and UTF-32 are recognised by a byte order mark
// or by their zeros. Bytes above ASCII that are written as \X..\ are bytes of a one-byte character set. Never fails.
Decoded decode(std::string bytes, const CharsetRules& rules);
inline Decoded decode(std::string bytes, std::string_view when_silent = {}) {
    return decode(std::move(bytes), CharsetRules{when_silent, {}});
}

}  // namespace gantry::hl7
