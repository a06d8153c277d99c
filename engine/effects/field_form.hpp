// Whether a value has the form that its field demands. One place for all who make effects.
#pragma once
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/effects/fields.hpp"

namespace gantry::effects {

// By type and choices, not by length. Errors: hl7_bad_value, hl7_unknown_code; the detail names the field and what it
// takes, never the value.
Result<void> check_form(const FieldSpec& spec, std::string_view value);

}  // namespace gantry::effects
