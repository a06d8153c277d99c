// Where a patient lives and can be reached, as searches know it: `address` of a row is one text, of which nothing says
// what its city is, and `telecom` several, separated by "\" (engine/effects/fields.hpp). No column has them without
// case and marks: a value is looked for in its usual spellings (engine/text/spellings.hpp). Pure.
#pragma once
#include "fhir/search/parameters.hpp"

namespace gantry::fhir {

// The text anywhere in the address; :exact, all of it.
SearchParameter address_parameter(std::string_view code, std::string_view expression, std::string_view meaning);
// A word of the address begins with the text, whichever part of it that is.
SearchParameter address_part_parameter(std::string_view code, std::string_view expression, std::string_view meaning);
// One of the contacts. system: only those that are shown with it (fhir/resources/contacts.hpp); empty: all.
SearchParameter contact_parameter(std::string_view code, std::string_view expression, std::string_view meaning,
                                  std::string_view system);

}  // namespace gantry::fhir
