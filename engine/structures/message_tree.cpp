#include "engine/structures/message_tree.hpp"

namespace gantry::structures {
namespace {

constexpr std::size_t nowhere = 0;  // node 0 is the message and never a place for a segment

// How a group may be entered.
enum class Entry : std::uint8_t { by_first, by_possible_first, by_first_of_inner };

bool names(const Structure& structure, std::size_t n, std::string_view id) {
    const auto node = structure.node(n);
    return node.kind == Node::Kind::segment && node.name == id;
}

// The segment below choice n that is `id`, or nowhere.
std::size_t chosen(const Structure& structure, std::size_t n, std::string_view id) {
    for (auto i = n + 1; i < structure.node(n).end; ++i)
        if (names(structure, i, id)) return i;
    return nowhere;
}

// Whether place n, a segment or choice, is for `id`: the node of that segment, or nowhere.
std::size_t at_place(const Structure& structure, std::size_t n, std::string_view id) {
    if (structure.node(n).kind == Node::Kind::choice) return chosen(structure, n, id);
    return names(structure, n, id) ? n : nowhere;
}

// Where to go on after the required place n of group `top` stayed empty: behind the innermost optional group that it is
// in, or nowhere when there is none below top.
std::size_t behind_optional_group(const Structure& structure, std::size_t n, std::size_t top) {
    for (auto group = structure.node(n).parent; group != top; group = structure.node(group).parent)
        if (structure.node(group).min == 0) return structure.node(group).end;
    return nowhere;
}

std::size_t possible_first(const Structure& structure, std::size_t group, std::string_view id) {
    const auto end = structure.node(group).end;
    for (auto i = group + 1; i < end;) {
        const auto node = structure.node(i);
        if (node.kind == Node::Kind::group) {
            ++i;
            continue;
        }
        if (const auto found = at_place(structure, i, id)) return found;
        i = node.min == 0 ? node.end : behind_optional_group(structure, i, group);
        if (i == nowhere) return nowhere;
    }
    return nowhere;
}

// Whether node n is the first place of the group it is in, alone or as a choice.
bool begins_its_group(const Structure& structure, std::size_t n) {
    const auto parent = structure.node(n).parent;
    const bool chosen = structure.node(parent).kind == Node::Kind::choice;
    return chosen ? structure.node(parent).parent + 1 == parent : parent + 1 == n;
}

// The segment that begins `group` or a group within it, whatever is left out before it.
std::size_t first_of_inner(const Structure& structure, std::size_t group, std::string_view id) {
    for (auto i = group + 1; i < structure.node(group).end; ++i)
        if (names(structure, i, id) && begins_its_group(structure, i)) return i;
    return nowhere;
}

// The node of segment `id` at place n, entering n that way when it is a group.
std::size_t find(const Structure& structure, std::size_t n, std::string_view id, Entry entry) {
    if (structure.node(n).kind != Node::Kind::group) return at_place(structure, n, id);
    if (entry == Entry::by_possible_first) return possible_first(structure, n, id);
    if (entry == Entry::by_first_of_inner) return first_of_inner(structure, n, id);
    while (structure.node(n).kind == Node::Kind::group) ++n;
    return at_place(structure, n, id);
}

class Layout {
  public:
    Layout(const hl7::Message& message, MessageTree& tree) : message_(message), tree_(tree) {
        tree_.nodes.reserve(message.segments() * 2);
        tree_.nodes.push_back({0, 0, 0, 0, Placement::expected, true});
        open_.push_back({0, 0, nowhere});
    }

    void run() {
        for (std::size_t i = 0; i < message_.segments(); ++i) {
            segment_ = static_cast<std::uint32_t>(i);
            id_ = message_.segment(i).id();
            place();
        }
        close_down_to(0);
        tree_.nodes.front().end = size();
    }

  private:
    // A group that is open: where it is in the tree and in the structure, and which of its children came last.
    struct Open {
        std::uint32_t tree;
        std::size_t node, child;
    };
    struct Place {
        std::size_t child = nowhere, node = nowhere;
        Placement placement = Placement::expected;
        explicit operator bool() const { return node != nowhere; }
    };

    const Structure& structure() const { return tree_.found->structure; }
    std::uint32_t size() const { return static_cast<std::uint32_t>(tree_.nodes.size()); }

    void place() {
        if (!tree_.found) return add_leaf(TreeNode::none, Placement::unknown_structure);
        if (!structure().has_segment(id_)) return add_leaf(TreeNode::none, stranger());
        if (place_by(&Layout::next<Entry::by_first>) || place_by(&Layout::next<Entry::by_possible_first>) ||
            place_by(&Layout::next_at_any_price))
            return;
        add_leaf(TreeNode::none, id_.front() == 'Z' ? Placement::site_defined : Placement::misplaced);
    }

    Placement stranger() const {
        return !id_.empty() && id_.front() == 'Z' ? Placement::site_defined : Placement::not_in_structure;
    }

    bool place_by(Place (Layout::*find_place)(const Open&) const) {
        for (auto level = open_.size(); level-- > 0;) {
            const auto place = (this->*find_place)(open_[level]);
            if (!place) continue;
            enter(level, place);
            return true;
        }
        return false;
    }

    // The last child of the group once more, or what follows it, as far as nothing required is left out.
    template <Entry entry>
    Place next(const Open& group) const {
        const auto end = structure().node(group.node).end;
        for (auto i = group.child ? group.child : group.node + 1; i < end;) {
            const auto child = structure().node(i);
            const bool again = i == group.child;
            if (!again || child.max == 0)
                if (const auto found = find(structure(), i, id_, entry)) return {i, found, Placement::expected};
            if (!again && child.min > 0) return {};
            i = child.end;
        }
        return {};
    }

    // The last child, a group, once more than it may be there; what follows, whatever is left out; or the last child, a
    // segment, once more. Of the segment that begins a group not: then it is the group that comes once more.
    Place next_at_any_price(const Open& group) const {
        const auto last = group.child;
        const bool after_group = last != nowhere && structure().node(last).kind == Node::Kind::group;
        if (after_group)
            if (const auto again = find(structure(), last, id_, Entry::by_possible_first))
                return {last, again, Placement::too_many};
        const auto end = structure().node(group.node).end;
        for (auto i = last ? structure().node(last).end : group.node + 1; i < end; i = structure().node(i).end)
            if (const auto found = find(structure(), i, id_, Entry::by_first_of_inner))
                return {i, found, Placement::expected};
        if (last == nowhere || after_group || (last == group.node + 1 && group.node != 0)) return {};
        return {last, at_place(structure(), last, id_), Placement::too_many};
    }

    void enter(std::size_t level, const Place& place) {
        close_down_to(level);
        open_.back().child = place.child;
        std::vector<std::size_t> way;
        for (auto n = place.node; n != place.child; n = structure().node(n).parent) way.push_back(n);
        auto placement = place.placement;
        for (auto n = place.child;; n = way.back(), way.pop_back()) {
            if (structure().node(n).kind == Node::Kind::group) {
                open_group(n, placement);
                placement = Placement::expected;
                open_.back().child = way.back();
            }
            if (way.empty()) break;
        }
        add_leaf(static_cast<std::uint32_t>(place.node), placement);
    }

    void open_group(std::size_t node, Placement placement) {
        const auto parent = open_.back().tree;
        open_.push_back({size(), node, nowhere});
        tree_.nodes.push_back({static_cast<std::uint32_t>(node), segment_, 0, parent, placement, true});
    }

    void add_leaf(std::uint32_t definition, Placement placement) {
        tree_.nodes.push_back({definition, segment_, size() + 1, open_.back().tree, placement, false});
    }

    void close_down_to(std::size_t level) {
        for (; open_.size() > level + 1; open_.pop_back()) tree_.nodes[open_.back().tree].end = size();
    }

    const hl7::Message& message_;
    MessageTree& tree_;
    std::vector<Open> open_;
    std::uint32_t segment_ = 0;
    std::string_view id_;
};

}  // namespace

std::string_view MessageTree::group_name(const TreeNode& node) const {
    return node.group && found ? found->structure.node(node.definition).name : std::string_view();
}

MessageTree message_tree(const hl7::Message& message) {
    const auto msh = message.msh();
    const auto version = Version::nearest(msh.field(12).component(1).raw());
    const auto type = msh.field(9);
    MessageTree tree{version,
                     find_structure(version, type.component(1).raw(), type.component(2).raw(), type.component(3).raw()),
                     {}};
    Layout(message, tree).run();
    return tree;
}

std::vector<SegmentRun> groups_named(const MessageTree& tree, std::string_view name) {
    std::vector<SegmentRun> out;
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
        const auto& node = tree.nodes[i];
        if (i == 0 || tree.group_name(node) != name) continue;
        const auto last = tree.nodes[node.end - 1].segment;
        out.push_back({node.segment, last + std::size_t{1}});
    }
    return out;
}

}  // namespace gantry::structures
