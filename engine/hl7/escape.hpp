// Escape sequences (HL7 v2.9 2.7). Both functions are pure; unescape(escape(text)) == text when an escape character is
// declared.
#pragma once
#include <string>
#include <string_view>

#include "engine/hl7/delimiters.hpp"

namespace gantry::hl7 {

// \F\ \S\ \T\ \R\ \E\ \P\ become the character; \Xhh…\ its bytes (as ISO 8859-1 where they are not UTF-8); \.br\,
// \.ce\,
// \.sp<n>\ line breaks; \.sk<n>\ blanks; \H\ \N\ and \.in\ \.ti\ \.fi\ \.nf\ vanish. \C…\ \M…\ \Z…\ and what is not
// an escape sequence at all stay as they are.
std::string unescape(std::string_view raw, const Delimiters& delimiters);

// text for one subcomponent. Line feeds become \.br\, other control characters \Xhh\. Where the sender declared no
// escape character, what cannot be written becomes a blank.
std::string escape(std::string_view text, const Delimiters& delimiters);

}  // namespace gantry::hl7
