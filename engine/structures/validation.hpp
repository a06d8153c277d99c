// Is a message what its version of HL7 says it must be? Pure. Checked are:
//   - order and number of segments and groups (table 0357: 100), and that the event exists (200, 201)
//   - required fields, and required components of fields that have a value (101)
//   - NM, SI, DT, TM, TS and DTM values; withdrawn fields (102)
//   - values of ID and CNE fields whose table HL7 defines and closes (103)
//   - lengths (102; 104 from v2.7), and repetitions of fields that do not repeat (102; 198 from v2.7)
// Not checked: conditions (usage C), user-defined tables, what OBX-5 holds beyond the type that OBX-2 names, Z
// segments.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "engine/hl7/location.hpp"
#include "engine/hl7/message.hpp"
#include "engine/structures/message_tree.hpp"

namespace gantry::structures {

// error: the standard forbids it. warning: it has no place in the standard but a receiver ignores it (2.13.2: more
// fields or components than the version knows; withdrawn fields).
struct Problem {
    hl7::ErrorLocation location;
    int condition = 100;  // ERR-3, table 0357
    bool error = true;
    std::string text;  // for people; names of segments, fields and tables, never a value of the message

    bool operator==(const Problem&) const = default;
};

struct ValidationLimits {
    std::size_t problems = 20;  // then it stops looking
};

// Segments first, then fields, in the order of the message. Location: segment, its occurrence in the message, field,
// repetition, component, subcomponent; what is missing is located where it would be.
std::vector<Problem> validate(const hl7::Message& message, const MessageTree& tree,
                              const ValidationLimits& limits = {});
std::vector<Problem> validate(const hl7::Message& message, const ValidationLimits& limits = {});

}  // namespace gantry::structures
