// Telephone numbers and addresses of mail as records keep them: texts alone.
#pragma once
#include <string_view>

namespace gantry::fhir {

// cpt-2 of ContactPoint: a value has a system. "email" with an @, "phone" of digits and what stands between them, or
// "other".
std::string_view contact_system(std::string_view text);

}  // namespace gantry::fhir
