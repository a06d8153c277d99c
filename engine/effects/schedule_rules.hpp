// Appointments (SIU, RAD-48): when and where the steps of an order take place. An appointment that is gone hides its
// steps and leaves the order ORDERED; only ORM, OMG and OMI cancel.
#pragma once
#include "engine/base/result.hpp"
#include "engine/effects/workspace.hpp"

namespace gantry::effects {

// An appointment for several orders is applied to each of them with its own services, or to none of them.
// Errors: order_unknown, order_ambiguous (hold; also when the order is another patient's).
Result<void> apply_schedule(const ScheduleChange& change, PatientId patient, Workspace& records, Plan& plan);

}  // namespace gantry::effects
