// How an HL7 v2 message is named in a header of HTTP (RFC 9110 8.3). Pure.
#pragma once
#include <string>
#include <string_view>

namespace gantry::channels {

// type, with the character set of this message unless it names one: that of MSH-18 (HL7 table 0211) by its name in the
// registry of IANA; without MSH-18, utf-8 where the bytes are. Of a message that changes its character set on the way
// (several in MSH-18, escape sequences of ISO 2022), or says one that IANA does not name, none is named: its receiver
// reads MSH-18.
std::string hl7_content_type(const std::string& type, std::string_view message);

}  // namespace gantry::channels
