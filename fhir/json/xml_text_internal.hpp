// Characters of XML. Private to this room.
#pragma once
#include <string>
#include <string_view>

namespace gantry::fhir::r4 {

inline constexpr std::string_view fhir_namespace = "http://hl7.org/fhir";
inline constexpr std::string_view xhtml_namespace = "http://www.w3.org/1999/xhtml";

// As the value of an attribute in double quotes or as text between tags: blanks that XML would make one are references,
// what is no character of XML is U+FFFD.
void append_xml(std::string& out, std::string_view text);

}  // namespace gantry::fhir::r4
