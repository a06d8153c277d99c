// Which element of which resource shows which field of a record: the table behind Provenance and behind
// docs/specs/fhir-resources.md. Tests hold the projections to it, both ways.
#pragma once
#include <span>
#include <string_view>

#include "engine/effects/fields.hpp"

namespace gantry::fhir {

// Several rows where several resources show a field. element: FHIRPath; empty: no resource shows it, and
// docs/conformance/fhir-round-trip.md says why.
struct ElementOf {
    effects::RecordKind kind;
    std::string_view field;  // of the field table, or a name that only the change log has: identifiers, merged_into,
                             // patient, orders
    std::string_view element;

    std::string_view resource() const { return element.substr(0, element.find('.')); }
};
std::span<const ElementOf> element_map();

}  // namespace gantry::fhir
