// The text of Reference.reference, taken apart (http://hl7.org/fhir/R4/references.html#literal).
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "fhir/json/definitions.hpp"

namespace gantry::fhir::r4 {

struct ReferenceText {
    enum class Kind : std::uint8_t {
        wrong,        // none of the forms below
        relative,     // Patient/123, Patient/123/_history/4
        absolute,     // https://ehr.example/fhir/Patient/123, or any other URL: then without type and id
        urn,          // urn:uuid:…, urn:oid:…
        fragment,     // #inside; "#" alone is the resource around
        conditional,  // Patient?identifier=…: in a batch or transaction only
    };
    Kind kind = Kind::wrong;
    std::string_view base;     // of absolute ones, with the last slash
    std::optional<Type> type;  // when the form names one of R4
    std::string_view id;       // of a fragment: without #
    std::string_view version;
};

// Views into the text.
ReferenceText parse_reference(std::string_view text);

}  // namespace gantry::fhir::r4
