#include "fhir/resources/contacts.hpp"

namespace gantry::fhir {

std::string_view contact_system(std::string_view text) {
    if (text.find('@') != std::string_view::npos) return "email";
    const bool number = text.find_first_of("0123456789") != std::string_view::npos &&
                        text.find_first_not_of("0123456789 +-/().xX#*") == std::string_view::npos;
    return number ? "phone" : "other";
}

}  // namespace gantry::fhir
