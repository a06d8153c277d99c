// What ADT says of a visit and its orders have to know: where the patient is, and that an admission was called off. It
// never cancels an order.
#pragma once
#include "engine/effects/workspace.hpp"

namespace gantry::effects {

void apply_visit(PatientId patient, const PatientChange& change, Workspace& records);

}  // namespace gantry::effects
