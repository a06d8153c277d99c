// What an operator is told about a message that was not taken, where its sender cannot be the one who acts: it is held
// for a person, or its sender asked for no answer (HL7 v2 enhanced mode, MSH-15 and MSH-16 NE or SU).
#pragma once
#include "engine/base/events.hpp"
#include "engine/store/store.hpp"

namespace gantry::runtime {

// After the commit. Any thread.
void tell_of_refusal(const store::Unit& unit, const store::Committed& committed, events::Sink& sink);

}  // namespace gantry::runtime
