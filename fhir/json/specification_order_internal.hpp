// The children of an element as writers need them: in the order of the specification, repetitions together, and only
// those that a summary asks for. Private to this room.
#pragma once
#include <cstdint>
#include <vector>

#include "fhir/json/json_writer.hpp"
#include "fhir/json/tree_internal.hpp"

namespace gantry::fhir::r4 {

// Appends the children of `node`; foreign ones come last, in the order they were read, but for those of `other`, the
// format that is not written.
void in_specification_order(const Tree& tree, std::uint32_t node, Foreign other, std::vector<std::uint32_t>& out);

// Whether the child of `parent` is written. `top`: parent is the resource that is written.
bool is_written(const Tree& tree, std::uint32_t parent, std::uint32_t child, bool top, const WriteOptions& options);

inline bool is_subset(const WriteOptions& options) {
    return options.summary != Summary::all || !options.elements.empty();
}
// A copy of the resource marked as SUBSETTED.
Resource marked_as_subset(Element resource);

}  // namespace gantry::fhir::r4
