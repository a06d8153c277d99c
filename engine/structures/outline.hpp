// A message for people to read: every group, segment, field and component that has a value, with its name.
//
//   ORM_O01 Order message, HL7 2.3.1
//     PATIENT
//       PID Patient Identification
//         PID-3 Patient Identifier List: S1000042^^^SAMPLE^MR
//           CX.1 ID Number: S1000042
//           CX.4 Assigning Authority: SAMPLE
//           CX.5 Identifier Type Code: MR (Medical record number)
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "engine/hl7/message.hpp"
#include "engine/structures/message_tree.hpp"

namespace gantry::structures {

struct OutlineLine {
    std::size_t depth = 0;
    std::string label;  // "PID-3[2] Patient Identifier List", "CX.4 Assigning Authority", "ORDER"
    std::string value;  // escapes resolved; of a composite value as it came; may hold line breaks
    std::string note;   // "not at its place", the meaning of a code
};

std::vector<OutlineLine> outline(const hl7::Message& message, const MessageTree& tree);
// One line each, indented by two blanks a level; line breaks of values become blanks.
std::string to_text(const std::vector<OutlineLine>& lines);

}  // namespace gantry::structures
