// http://hl7.org/fhir/R4/appointment.html
#pragma once
#include <optional>
#include <string>

#include "engine/effects/records.hpp"
#include "fhir/resources/projection.hpp"

namespace gantry::fhir {

// When the patient is expected: the earliest start among the steps. Nothing: no step has a start.
std::optional<std::string> appointment_json(const effects::OrderRecord& order, Instant updated,
                                            const ProjectionContext& context);

}  // namespace gantry::fhir
