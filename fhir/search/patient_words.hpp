// Names of patients as searches know them: `family_folded` and `given_folded` of a row (engine/store/patient_names.hpp)
// are the names without case and diacritics. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/store/record_search.hpp"

namespace gantry::fhir {

enum class NamePart : std::uint8_t { family, given, any };

store::Criterion name_begins(NamePart part, std::string_view text);
store::Criterion name_contains(NamePart part, std::string_view text);
// The same letters, with their case and marks.
store::Criterion name_is(NamePart part, std::string_view text);

}  // namespace gantry::fhir
