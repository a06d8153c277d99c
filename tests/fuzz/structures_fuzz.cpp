// Any bytes that parse: the tree has every segment exactly once, in order, each inside its parents; a group that the
// structure names is a group there. Validation stops at its limit, quotes nothing, and its locations are in the
// message. Every path that reads is possible or has a reason why not.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/structures/outline.hpp"
#include "engine/structures/path_check.hpp"
#include "engine/structures/validation.hpp"

using namespace gantry;
using namespace gantry::structures;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void check_tree(const hl7::Message& message, const MessageTree& tree) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
        const auto& node = tree.nodes[i];
        require(node.end > i && node.end <= tree.nodes[node.parent].end && (i == 0 || node.parent < i));
        require(node.group ? node.segment == next : node.segment == next++);
        require(tree.nodes[node.parent].group);
        if (!tree.found || node.definition == TreeNode::none) continue;
        const auto kind = tree.found->structure.node(node.definition).kind;
        require(node.group == (kind == Node::Kind::group));
        if (!node.group)
            require(tree.found->structure.node(node.definition).name == message.segment(node.segment).id());
    }
    require(next == message.segments());
}

void check_problems(const hl7::Message& message, const MessageTree& tree) {
    const auto problems = validate(message, tree, {50});
    require(problems.size() <= 50);
    for (const auto& problem : problems) {
        require(!problem.text.empty() && problem.condition >= 100 && problem.condition <= 201);
        require(problem.location.segment.empty() || problem.location.segment.size() == 3);
        require(problem.location.component == 0 || problem.location.field != 0);
    }
    require(validate(message, tree, {1}).size() == std::min<std::size_t>(problems.size(), 1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    if (const auto path = hl7::Path::parse(bytes)) {
        const auto verdict = check_path(*path, {{"ORM^O01", "ADT^*"}, {}});
        require(verdict.reason.empty() == (verdict.answer == PathVerdict::Answer::possible));
    }
    const auto message = hl7::Message::parse(bytes);
    if (!message.ok()) return 0;
    const auto tree = message_tree(*message);
    check_tree(*message, tree);
    check_problems(*message, tree);
    const auto lines = outline(*message, tree);
    require(lines.size() >= message->segments());
    require(to_text(lines).find('\r') == std::string::npos);
    return 0;
}
