// http://hl7.org/fhir/R4/imagingstudy.html
#pragma once
#include <string>

#include "engine/effects/records.hpp"
#include "fhir/resources/projection.hpp"

namespace gantry::fhir {

// The order and what became of it. Without series: those come with the images.
std::string imaging_study_json(const effects::OrderRecord& order, Instant updated, const ProjectionContext& context);

}  // namespace gantry::fhir
