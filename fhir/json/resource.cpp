#include "fhir/json/resource.hpp"

#include <algorithm>
#include <cstring>

#include "fhir/json/tree_internal.hpp"

namespace gantry::fhir::r4 {
namespace {

const Node& node_of(const Element& element) {
    return element.tree().nodes[element.node()];
}

std::string_view stem_of(const Tree& tree, const Node& node) {
    if (!node.element || (node.element->flags & rows::choice) == 0) return node.name;
    const auto& owner = *tree.nodes[node.parent].type;
    return rows::text(rows::slots[owner.slots.first + node.element->slot].name);
}

Node node_for(const rows::Element& element) {
    Node node;
    node.element = &element;
    node.type = &rows::types[element.type];
    node.name = rows::text(element.name);
    return node;
}

// A name that R4 does not know may be of any length.
std::string_view shortened(std::string_view name) {
    constexpr std::size_t longest = 64;
    if (name.size() <= longest) return name;
    auto end = longest;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
    return name.substr(0, end);
}

}  // namespace

std::string_view TextArena::keep(std::string_view text) {
    if (text.empty()) return {};
    char* at = reserve(text.size());
    std::memcpy(at, text.data(), text.size());
    return {at, text.size()};
}

std::string_view TextArena::own(std::unique_ptr<char[]> block, std::size_t size) {
    blocks_.push_back(std::move(block));
    return {blocks_.back().get(), size};
}

char* TextArena::reserve(std::size_t size) {
    if (size > left_) {
        const auto whole = std::max(size, Tree::block);
        blocks_.push_back(std::make_unique<char[]>(whole));
        free_ = blocks_.back().get();
        left_ = whole;
    }
    char* at = free_;
    free_ += size;
    left_ -= size;
    return at;
}

void Tree::note_lines(std::string_view text) {
    read = true;
    for (auto at = text.find('\n'); at != std::string_view::npos && lines.size() < most_lines;
         at = text.find('\n', at + 1))
        lines.push_back(static_cast<std::uint32_t>(at + 1));
}

json::Position Tree::position(std::uint32_t offset) const {
    if (!read) return {};
    const auto after = std::upper_bound(lines.begin(), lines.end(), offset);
    const auto start = after == lines.begin() ? 0u : *(after - 1);
    return {static_cast<std::uint32_t>(after - lines.begin()) + 1, offset - start + 1};
}

// --- elements

std::string_view Element::name() const {
    return tree_ ? node_of(*this).name : std::string_view();
}

std::string_view Element::stem() const {
    return tree_ ? stem_of(*tree_, node_of(*this)) : std::string_view();
}

std::optional<ElementDefinition> Element::definition() const {
    const auto above = parent();
    if (!above || !node_of(*this).element) return std::nullopt;
    return ElementDefinition(*node_of(*this).element, *node_of(above).type);
}

std::optional<Type> Element::type() const {
    if (!tree_ || !node_of(*this).type) return std::nullopt;
    return Type(*node_of(*this).type);
}

bool Element::is(std::string_view name) const {
    const auto own = type();
    return own && own->is_a(name);
}

std::string_view Element::value() const {
    return tree_ ? node_of(*this).text : std::string_view();
}

bool Element::has_value() const {
    return kind() != ValueKind::none;
}

ValueKind Element::kind() const {
    return tree_ ? node_of(*this).kind : ValueKind::none;
}

Foreign Element::foreign() const {
    return tree_ ? node_of(*this).foreign : Foreign::known;
}

Element Element::parent() const {
    if (!tree_ || node_of(*this).parent == no_node) return {};
    return {*tree_, node_of(*this).parent};
}

Element Element::first() const {
    if (!tree_ || node_of(*this).first == no_node) return {};
    return {*tree_, node_of(*this).first};
}

Element Element::next() const {
    if (!tree_ || node_of(*this).next == no_node) return {};
    return {*tree_, node_of(*this).next};
}

Element Element::operator[](std::string_view wanted) const {
    for (auto child = first(); child; child = child.next())
        if (child.name() == wanted || child.stem() == wanted) return child;
    return {};
}

std::size_t Element::count(std::string_view wanted) const {
    std::size_t found = 0;
    for (auto child = (*this)[wanted]; child; child = child.again()) ++found;
    return found;
}

Element Element::again() const {
    for (auto sibling = next(); sibling; sibling = sibling.next())
        if (sibling.name() == name()) return sibling;
    return {};
}

Element Element::resource() const {
    for (auto at = *this; at; at = at.parent())
        if (const auto type = at.type(); type && type->is_resource()) return at;
    return {};
}

json::Position Element::position() const {
    return tree_ ? tree_->position(node_of(*this).offset) : json::Position();
}

std::string Element::path() const {
    if (!tree_) return {};
    const auto above = parent();
    if (!above) return std::string(name());
    auto out = above.path();
    out.append(".").append(shortened(stem()));
    const auto definition = this->definition();
    if (!definition || !definition->repeats()) return out;
    std::size_t before = 0;
    for (auto sibling = above.first(); sibling && sibling != *this; sibling = sibling.next())
        if (sibling.name() == name()) ++before;
    return out.append("[").append(std::to_string(before)).append("]");
}

// --- resources

Resource::Resource(Type type) : tree_(std::make_unique<Tree>()) {
    Node root;
    root.type = &type.row();
    root.name = type.name();
    tree_->append(no_node, root);
}

Resource::Resource(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Resource::Resource(Resource&&) noexcept = default;
Resource& Resource::operator=(Resource&&) noexcept = default;
Resource::~Resource() = default;

Resource Resource::clone() const {
    return extract(root());
}

Type Resource::type() const {
    return Type(*tree_->nodes.front().type);
}

std::string_view Resource::id() const {
    return root()["id"].value();
}

Element Resource::root() const {
    return {*tree_, 0};
}

Element Resource::add(Element parent, std::string_view name) {
    const auto type = parent.type();
    const auto definition = type ? type->element(name) : std::nullopt;
    if (!definition) return {};
    return {*tree_, tree_->append(parent.node(), node_for(definition->row()))};
}

Element Resource::add(Element parent, std::string_view name, std::string_view value) {
    const auto added = add(parent, name);
    if (added) set_value(added, value);
    return added;
}

Element Resource::add_resource(Element parent, std::string_view name, Type type) {
    const auto added = add(parent, name);
    if (added) tree_->nodes[added.node()].type = &type.row();
    return added;
}

// Level by level with a list of its own: a tree may be as deep as its reader allows, but not deeper than memory.
Element Resource::add_copy(Element parent, std::string_view name, Element from) {
    const auto top = add(parent, name);
    if (!top) return {};
    struct Step {
        Element from;
        std::uint32_t to;
    };
    std::vector<Step> steps = {{from, top.node()}};
    while (!steps.empty()) {
        const auto [source, to] = steps.back();
        steps.pop_back();
        const auto& original = node_of(source);
        auto& copy = tree_->nodes[to];
        copy.type = original.type;
        copy.kind = original.kind;
        copy.foreign = original.foreign;
        copy.text = tree_->texts.keep(original.text);
        copy.offset = original.offset;
        for (auto child = source.first(); child; child = child.next()) {
            Node node;
            node.element = node_of(child).element;
            node.name = node.element ? node_of(child).name : tree_->texts.keep(node_of(child).name);
            steps.push_back({child, tree_->append(to, node)});
        }
    }
    return top;
}

void Resource::set_value(Element element, std::string_view value) {
    const auto text = tree_->texts.keep(value);
    auto& node = tree_->nodes[element.node()];
    node.text = text;
    node.kind = node.type ? value_kind(node.type->primitive, text) : ValueKind::none;
}

void Resource::remove(Element element) {
    const auto at = element.node();
    const auto parent = tree_->nodes[at].parent;
    if (parent == no_node) return;
    auto& above = tree_->nodes[parent];
    std::uint32_t before = no_node;
    for (auto child = above.first; child != at; child = tree_->nodes[child].next) before = child;
    (before == no_node ? above.first : tree_->nodes[before].next) = tree_->nodes[at].next;
    if (above.last == at) above.last = before;
}

Resource Resource::extract(Element resource) {
    Resource out(*resource.type());
    out.tree_->lines = resource.tree().lines;
    out.tree_->read = resource.tree().read;
    struct Step {
        Element from;
        std::uint32_t to;
    };
    std::vector<Step> steps = {{resource, 0}};
    while (!steps.empty()) {
        const auto [source, to] = steps.back();
        steps.pop_back();
        for (auto child = source.first(); child; child = child.next()) {
            Node node = node_of(child);
            node.first = node.last = node.next = no_node;
            node.text = out.tree_->texts.keep(node.text);
            if (!node.element) node.name = out.tree_->texts.keep(node.name);
            steps.push_back({child, out.tree_->append(to, node)});
        }
    }
    return out;
}

}  // namespace gantry::fhir::r4
