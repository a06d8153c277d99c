// Who a message is about (imaging rules 2, 3, 4): resolving identifiers, whose demographics win.
#pragma once
#include "engine/base/result.hpp"
#include "engine/effects/plan.hpp"
#include "engine/effects/reconcile.hpp"
#include "engine/effects/workspace.hpp"

namespace gantry::effects {

// Whom a message is about.
struct Subject {
    PatientId patient;
    // The patients that its number belonged to before they were merged into this one, oldest first, separated by blanks
    // (OrderField::moved_from): where an order that came under that number goes when the merge is undone.
    std::string came_by{};
};

// Finds or creates the patient, and applies what the message says of it.
// Errors: patient_ambiguous, patient_different_person (both: hold), patient_missing_identifier.
Result<Subject> apply_patient(const PatientChange& change, Workspace& records, const OrderPolicy& policy, Plan& plan);

}  // namespace gantry::effects
