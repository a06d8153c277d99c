// A message structure in the notation of the chapters of HL7 (mappings/structures/README.md) as a tree in pre-order.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace gantry::structures::compiler {

struct Node {
    std::string name;
    char kind = 's';
    std::uint8_t min = 1, max = 1;
    std::uint16_t end = 0, parent = 0;

    bool operator==(const Node&) const = default;
};

// Node 0 is the message itself, a group called `id`. A group of which everything may be left out may be left out.
// Error: config_syntax, detail says what and where.
Result<std::vector<Node>> read_notation(std::string_view id, std::string_view text);

}  // namespace gantry::structures::compiler
