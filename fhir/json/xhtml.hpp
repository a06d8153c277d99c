// The text of a narrative: an XHTML fragment with basic formatting only (http://hl7.org/fhir/R4/narrative.html, txt-1
// and txt-2). A small scanner of its own, because nearly every resource has one: it accepts less than XML does, and
// what it accepts any XML parser reads (tests/fuzz/fhir_json_fuzz.cpp compares the two).
#pragma once
#include <cstdint>
#include <string_view>

namespace gantry::fhir::r4 {

enum class XhtmlMistake : std::uint8_t {
    none,
    malformed,  // not well-formed, not one div of the XHTML namespace, or with DOCTYPE or processing instruction
    forbidden,  // txt-1: an element or attribute that is no basic formatting
    blank,      // txt-2: nothing to be seen
};

struct XhtmlVerdict {
    XhtmlMistake mistake = XhtmlMistake::none;
    std::string_view words = {};  // what is wrong; empty when nothing is
    std::size_t offset = 0;       // where in the text
};

XhtmlVerdict check_xhtml(std::string_view text);

}  // namespace gantry::fhir::r4
