// http://hl7.org/fhir/R4/servicerequest.html
#pragma once
#include <string>

#include "engine/effects/records.hpp"
#include "fhir/resources/projection.hpp"

namespace gantry::fhir {

// What was ordered. Its measurements of the patient (weight, height, alerts …) are contained Observations.
std::string service_request_json(const effects::OrderRecord& order, Instant updated, const ProjectionContext& context);

}  // namespace gantry::fhir
