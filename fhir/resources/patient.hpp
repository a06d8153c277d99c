// http://hl7.org/fhir/R4/patient.html
#pragma once
#include <string>

#include "engine/effects/records.hpp"
#include "fhir/resources/projection.hpp"

namespace gantry::fhir {

// One who was merged into another is not active and says whom he was replaced by; his numbers are the other one's then.
std::string patient_json(const effects::PatientRecord& patient, Instant updated, const ProjectionContext& context);

}  // namespace gantry::fhir
