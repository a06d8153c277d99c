// From records to FHIR R4 resources: what every projection is given and gives.
//
// A projection is a pure function of a record, the moment of its last change and this context; it answers one resource
// as JSON text, its elements in the order of the specification, no element empty. The same values give the same text.
// It never fails: a value that FHIR cannot hold is left out, shortened or moved as docs/conformance/fhir-round-trip.md
// says. The version of a resource is the record's `last_change`, so nothing in it may change without that.
//
//   Patient/{patient}  Practitioner/{provider}  ServiceRequest|ImagingStudy|Appointment/{order}  Task/{step}
//   DiagnosticReport/{report}  Observation/{report}-{section}  Binary/{digest}  Provenance/{change}
#pragma once
#include <string_view>

#include "engine/base/clock.hpp"
#include "fhir/resources/identifier_systems.hpp"

namespace gantry::fhir {

// Shared by all projections of a server; any thread, as long as nobody changes it.
struct ProjectionContext {
    std::string_view base;       // "http://host/fhir", for what cannot be relative; references are relative
    const Zone* zone = nullptr;  // the site's: of moments without an offset; null: UTC
    IdentifierSystems systems;
};

}  // namespace gantry::fhir
