// The nodes behind a Resource. Private to this room: readers build it, writers and the validation walk it.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "fhir/json/resource.hpp"
#include "fhir/json/rows.hpp"

namespace gantry::fhir::r4 {

inline constexpr std::uint32_t no_node = UINT32_MAX;

struct Node {
    const rows::Element* element = nullptr;  // null: the root, or foreign
    const rows::Type* type = nullptr;        // null: foreign
    std::string_view name, text;
    std::uint32_t parent = no_node, first = no_node, last = no_node, next = no_node;
    std::uint32_t offset = 0;
    ValueKind kind = ValueKind::none;
    Foreign foreign = Foreign::known;
    bool hole = false;  // JSON had null in its place
};

// Text that lives as long as the tree and never moves.
class TextArena {
  public:
    std::string_view keep(std::string_view text);
    // Takes a whole block over; views into it stay valid.
    std::string_view own(std::unique_ptr<char[]> block, std::size_t size);
    char* reserve(std::size_t size);

  private:
    std::vector<std::unique_ptr<char[]>> blocks_;
    char* free_ = nullptr;
    std::size_t left_ = 0;
};

class Tree {
  public:
    static constexpr std::size_t block = 4096, most_lines = 4'000'000;

    std::vector<Node> nodes;
    TextArena texts;
    std::vector<std::uint32_t>
        lines;          // offsets at which lines after the first begin; beyond `most_lines` there are none
    bool read = false;  // from a text: offsets mean something

    std::uint32_t append(std::uint32_t parent, const Node& node) {
        const auto at = static_cast<std::uint32_t>(nodes.size());
        nodes.push_back(node);
        nodes[at].parent = parent;
        if (parent == no_node) return at;
        Node& above = nodes[parent];
        (above.first == no_node ? above.first : nodes[above.last].next) = at;
        above.last = at;
        return at;
    }
    void note_lines(std::string_view text);
    json::Position position(std::uint32_t offset) const;
};

}  // namespace gantry::fhir::r4
