// http://hl7.org/fhir/R4/practitioner.html
#pragma once
#include <string>

#include "engine/effects/records.hpp"
#include "fhir/resources/projection.hpp"

namespace gantry::fhir {

// Who ordered, read or did something. A provider is written once and never changed, so the version is 1.
std::string practitioner_json(const effects::ProviderRecord& provider, Instant updated,
                              const ProjectionContext& context);

}  // namespace gantry::fhir
