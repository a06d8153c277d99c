// http://hl7.org/fhir/R4/task.html
#pragma once
#include <string>

#include "engine/effects/records.hpp"
#include "fhir/resources/projection.hpp"

namespace gantry::fhir {

// One scheduled procedure step of an order; its version is that of the order.
std::string task_json(const effects::OrderRecord& order, const effects::StepRecord& step, Instant updated,
                      const ProjectionContext& context);

}  // namespace gantry::fhir
