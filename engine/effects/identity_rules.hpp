// Who is who (the ADT table, A18 to A50, and the undo that only a person asks for): merging patients and taking it
// back, numbers that change hands, orders that follow their account or visit.
#pragma once
#include "engine/base/result.hpp"
#include "engine/effects/workspace.hpp"

namespace gantry::effects {

// pid: what else the message says of the survivor; null: nothing. Neither patient need be known. Both become subjects
// of the plan. Undo: what the merge took along goes back, and so do orders that came under the prior patient's numbers
// since; everything else stays with the survivor (docs/decisions/0008). Errors: patient_merge_cycle,
// patient_identifier_exists; patient_ambiguous (hold): the prior patient was merged into another one before.
Result<void> apply_merge(const PatientMerge& merge, const PatientChange* pid, Workspace& records, Plan& plan);

}  // namespace gantry::effects
