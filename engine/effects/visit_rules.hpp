// What ADT says of a visit and its orders have to know: where the patient is, that an admission was called off, what
// the patient is allergic to. It never cancels an order.
#pragma once
#include "engine/effects/workspace.hpp"

namespace gantry::effects {

void apply_visit(PatientId patient, const PatientChange& change, Workspace& records);

// An order that gets another patient keeps the alerts of the one it had. allergies: texts separated by \.
void add_alerts(OrderRecord& order, const std::string& allergies);

// The patient's allergies changed: those that came are medical alerts of the open orders, too, those that went are not.
// before: the field `allergies` as it was.
void refresh_alerts(PatientId patient, const std::string& before, Workspace& records);

}  // namespace gantry::effects
