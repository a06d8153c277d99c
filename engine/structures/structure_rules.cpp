// Order and number of segments: the tree of a message against the structure it was laid on.
#include "engine/structures/segment_rules.hpp"

namespace gantry::structures {
namespace {

constexpr int sequence_error = 100, unsupported_type = 200, unsupported_event = 201;

class StructureCheck {
  public:
    StructureCheck(const hl7::Message& message, const MessageTree& tree, const std::vector<std::size_t>& occurrences,
                   Problems& problems)
        : message_(message), tree_(tree), occurrences_(occurrences), problems_(problems) {}

    void run() {
        if (!tree_.found) return check_type();
        if (!(tree_.found->version == tree_.version)) not_in_this_version();
        for (std::uint32_t i = 0; i < tree_.nodes.size() && !problems_.full(); ++i) {
            check_placement(tree_.nodes[i]);
            if (tree_.nodes[i].group) check_children(i);
        }
    }

  private:
    const Structure& structure() const { return tree_.found->structure; }
    std::string version() const { return std::string(tree_.version.text()); }

    // A line that is no segment is text of the message and not repeated.
    static bool is_segment(std::string_view id) {
        const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
        const auto other = [&](char c) { return upper(c) || (c >= '0' && c <= '9'); };
        return id.size() == 3 && upper(id[0]) && other(id[1]) && other(id[2]);
    }
    hl7::ErrorLocation location(std::size_t segment) const {
        const auto id = message_.segment(segment).id();
        if (!is_segment(id)) return {};
        return {std::string(id), occurrences_[segment]};
    }

    void add(hl7::ErrorLocation where, int condition, std::string text) {
        problems_.add({std::move(where), condition, true, std::move(text)});
    }

    bool type_exists(std::string_view type) const {
        for (std::size_t n = 0; n < tree_.version.events(); ++n)
            if (tree_.version.event_at(n).key.substr(0, 3) == type) return true;
        return false;
    }

    void check_type() {
        const auto type = message_.type();
        const bool exists = type_exists(type);
        add({"MSH", 1, 9, 1, exists ? 2u : 1u}, exists ? unsupported_event : unsupported_type,
            exists ? "this message type has no such event in " + version() : "no such message type in " + version());
    }

    void not_in_this_version() {
        add({"MSH", 1, 9, 1}, unsupported_event,
            std::string(structure().id()) + " is a message of " + std::string(tree_.found->version.text()) +
                ", not of " + version());
    }

    void check_placement(const TreeNode& node) {
        const auto segment = node.segment;
        if (node.placement == Placement::too_many)
            add(location(segment), sequence_error,
                std::string(node.group ? tree_.group_name(node) : message_.segment(segment).id()) +
                    " is there more often than " + std::string(structure().id()) + " allows");
        if (node.placement == Placement::misplaced)
            add(location(segment), sequence_error, "not at its place in " + std::string(structure().id()));
        if (node.placement == Placement::not_in_structure)
            add(location(segment), sequence_error,
                (is_segment(message_.segment(segment).id()) ? "no part of " : "a line that is no segment, in ") +
                    std::string(structure().id()));
    }

    // What group i must have and has not.
    void check_children(std::uint32_t i) {
        const auto& group = tree_.nodes[i];
        std::vector<bool> there(structure().size());
        for (auto child = i + 1; child < group.end; child = tree_.nodes[child].end)
            mark(there, tree_.nodes[child], group);
        const auto end = structure().node(group.definition).end;
        for (std::size_t n = group.definition + std::size_t{1}; n < end; n = structure().node(n).end)
            if (structure().node(n).min > 0 && !there[n]) missing(n, group);
    }

    void mark(std::vector<bool>& there, const TreeNode& child, const TreeNode& group) const {
        if (child.definition == TreeNode::none) return;
        there[child.definition] = true;
        const auto parent = structure().node(child.definition).parent;
        if (parent != group.definition) there[parent] = true;  // a choice
    }

    void missing(std::size_t n, const TreeNode& group) {
        const auto node = structure().node(n);
        const auto in = n == 0 || group.definition == 0 ? structure().id() : tree_.group_name(group);
        add(missing_location(n, group), sequence_error,
            described(n) + (node.kind == Node::Kind::group ? ", a group, is" : " is") + " missing in " +
                std::string(in));
    }

    std::string described(std::size_t n) const {
        const auto node = structure().node(n);
        if (node.kind != Node::Kind::choice) return std::string(node.name);
        std::string out;
        for (auto i = n + 1; i < node.end; ++i)
            out += (out.empty() ? "" : " or ") + std::string(structure().node(i).name);
        return out;
    }

    // The segment to ask for when group or choice n is missing: the first that is required, else the first.
    std::size_t segment_of(std::size_t n) const {
        while (structure().node(n).kind != Node::Kind::segment) {
            const auto end = structure().node(n).end;
            auto child = n + 1;
            while (child < end && structure().node(child).min == 0) child = structure().node(child).end;
            n = child < end ? child : n + 1;
        }
        return n;
    }

    // A missing segment is where it would be: the next of its id after those that came before the end of the group.
    hl7::ErrorLocation missing_location(std::size_t n, const TreeNode& group) const {
        n = segment_of(n);
        const auto id = structure().node(n).name;
        const auto last = tree_.nodes[group.end - 1].segment;
        std::size_t before = 0;
        for (std::size_t i = 0; i <= last; ++i) before += message_.segment(i).id() == id;
        return {std::string(id), before + 1};
    }

    const hl7::Message& message_;
    const MessageTree& tree_;
    const std::vector<std::size_t>& occurrences_;
    Problems& problems_;
};

}  // namespace

void check_structure(const hl7::Message& message, const MessageTree& tree, const std::vector<std::size_t>& occurrences,
                     Problems& problems) {
    StructureCheck(message, tree, occurrences, problems).run();
}

}  // namespace gantry::structures
