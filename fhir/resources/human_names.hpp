// Names of persons: DICOM PN (PS3.5 6.2.1: family^given^middle^prefix^suffix, groups alphabetic=ideographic=phonetic)
// as HumanName.
//
// One HumanName per group. The groups of one name say which they are by the extension iso21090-EN-representation (ABC,
// IDE, SYL); a name that is alphabetic only needs none. The middle name is the second given one.
#pragma once
#include <string>
#include <string_view>

#include "fhir/resources/resource_writer.hpp"

namespace gantry::fhir {

// As items of an array. use: of name-use; empty: none is said.
void write_human_names(ResourceWriter& out, std::string_view name, std::string_view use);
// For people: "Dr. Anna Maria Muster MD" of the first group that says something; ideographic: family first.
std::string display_of(std::string_view name);

}  // namespace gantry::fhir
