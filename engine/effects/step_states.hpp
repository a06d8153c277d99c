// What the status of a step (0040,0020) means to the rules.
#pragma once
#include "engine/effects/records.hpp"

namespace gantry::effects {

// On the worklist, unless its order is held.
inline bool open_step(const StepRecord& step) {
    const auto& status = step.fields[StepField::status];
    return status == "SCHEDULED" || status == "ARRIVED" || status == "READY";
}

// Its appointment is gone; hidden until an order or an appointment schedules it again.
inline bool unscheduled_step(const StepRecord& step) {
    return step.fields[StepField::status].empty();
}

// Nothing has been done for it yet, and nobody has called it off.
inline bool waiting_step(const StepRecord& step) {
    return open_step(step) || unscheduled_step(step);
}

inline bool closed_step(const StepRecord& step) {
    const auto& status = step.fields[StepField::status];
    return status == "COMPLETED" || status == "DISCONTINUED" || status == "CANCELED";
}

}  // namespace gantry::effects
