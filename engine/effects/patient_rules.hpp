// Who a message is about (imaging rules 2, 3, 4): resolving identifiers, whose demographics win.
#pragma once
#include "engine/base/result.hpp"
#include "engine/effects/plan.hpp"
#include "engine/effects/reconcile.hpp"
#include "engine/effects/workspace.hpp"

namespace gantry::effects {

// Finds or creates the patient, applies what the message says of it, and answers its id.
// Errors: patient_ambiguous, patient_different_person (both: hold), patient_missing_identifier.
Result<PatientId> apply_patient(const PatientChange& change, Workspace& records, const OrderPolicy& policy, Plan& plan);

}  // namespace gantry::effects
