// A message laid on the structure of its type: which group each segment belongs to. Tolerant: whatever the order of the
// segments, every one is in the tree exactly once, in the order of the message; what has no place is kept in the group
// that is open and marked. Linear in the segments; no recursion.
//
// Where a segment can go to several places, the first of these is taken, inner groups before outer ones:
//   1. the place that comes next or repeats, and that the segment begins (ORC begins a new ORDER rather than the
//   optional
//      ORDER_PRIOR of a PRIOR_RESULT in which everything before it was left out)
//   2. the same, where what may be left out before it was left out (OBR begins an ORDER_OBSERVATION without ORC)
//   3. a group once more than it may be there; a place before which something required is missing; a segment once more
//   than
//      it may be there
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/hl7/message.hpp"
#include "engine/structures/definitions.hpp"

namespace gantry::structures {

enum class Placement : std::uint8_t {
    expected,
    too_many,          // once more than the structure allows
    misplaced,         // the structure has it, but not here
    not_in_structure,  // a segment of HL7 or anybody else that the structure does not have
    site_defined,      // Z…: always allowed
    unknown_structure  // of a message whose type nobody defined: all are below node 0
};

struct TreeNode {
    static constexpr std::uint32_t none = 0xFFFFFFFF;
    std::uint32_t definition = none;  // node of the structure, where it has a place
    std::uint32_t segment = 0;        // index in the message; of a group that of its first segment
    std::uint32_t end = 0;            // the node after it and all below it
    std::uint32_t parent = 0;
    Placement placement = Placement::expected;
    bool group = false;
};

struct MessageTree {
    Version version;                      // what MSH-12 says, or the nearest to it
    std::optional<FoundStructure> found;  // none: unknown_structure
    std::vector<TreeNode> nodes;          // in pre-order; node 0 is the message

    // Name of a group, or empty for segments.
    std::string_view group_name(const TreeNode& node) const;
};

// By MSH-9 and MSH-12.
MessageTree message_tree(const hl7::Message& message);

// The segments [begin, end) of every group of that name, in order: "ORDER_OBSERVATION".
struct SegmentRun {
    std::size_t begin = 0, end = 0;
    bool operator==(const SegmentRun&) const = default;
};
std::vector<SegmentRun> groups_named(const MessageTree& tree, std::string_view name);

}  // namespace gantry::structures
