#include "fhir/json/json_reader.hpp"

#include <array>

#include "engine/json/diagnostic.hpp"
#include "engine/json/writer.hpp"
#include "fhir/json/json_tokens_internal.hpp"
#include "fhir/json/tree_internal.hpp"

namespace gantry::fhir::r4 {
namespace {

using Kind = Token::Kind;

std::string_view words_for(Kind kind) {
    constexpr std::string_view words[] = {"null", "true or false", "a number", "a string", "an object", "an array"};
    return words[static_cast<std::size_t>(kind)];
}

Kind kind_for(ValueKind kind) {
    return kind == ValueKind::boolean ? Kind::boolean : kind == ValueKind::number ? Kind::number : Kind::string;
}
ValueKind kind_for(Kind kind) {
    return kind == Kind::boolean ? ValueKind::boolean : kind == Kind::number ? ValueKind::number : ValueKind::string;
}

// Turns the tokens of one resource into elements.
class TreeReader {
  public:
    TreeReader(const JsonText& text, const ReadOptions& options, Tree& tree, Issues& issues)
        : tokens_(text.tokens), options_(options), tree_(tree), issues_(issues) {}

    // False: it is no resource that R4 knows, or one that is too deep.
    bool read_root() {
        const auto type = resource_type(0, no_node);
        if (!type) return false;
        Node root;
        root.type = &type->row();
        root.name = type->name();
        root.offset = tokens_[0].offset;
        read_object(tree_.append(no_node, root), 0);
        return !too_deep_;
    }

  private:
    Element at(std::uint32_t node) const { return {tree_, node}; }

    void error(IssueType type, std::string words, std::uint32_t node, std::uint32_t offset) {
        if (issues_.full()) return;  // a path costs a walk over the siblings
        issues_.add_at(Severity::error, type, std::move(words), at(node).path(), tree_.position(offset));
    }

    template <class Visit>
    void each(std::uint32_t parent, Visit visit) {
        for (auto i = parent + 1; i < tokens_[parent].end; i = tokens_[i].end) visit(i);
    }

    // node: where it will be; none: it is the root.
    std::optional<Type> resource_type(std::uint32_t object, std::uint32_t node) {
        const auto refuse = [&](IssueType type, std::string words, std::uint32_t offset) {
            auto path = node == no_node ? std::string() : at(node).path();
            issues_.add_at(Severity::error, type, std::move(words), std::move(path), tree_.position(offset));
            return std::optional<Type>();
        };
        if (tokens_[object].kind != Kind::object)
            return refuse(IssueType::structure, "a resource is an object", tokens_[object].offset);
        std::uint32_t found = 0;
        each(object, [&](std::uint32_t i) {
            if (tokens_[i].key == "resourceType") found = i;
        });
        if (found == 0) return refuse(IssueType::structure, "resourceType is missing", tokens_[object].offset);
        const auto& name = tokens_[found];
        if (name.kind != Kind::string) return refuse(IssueType::structure, "resourceType is a string", name.offset);
        const auto type = Type::find(name.text);
        if (type && type->is_resource()) return type;
        return refuse(IssueType::not_supported, "resourceType names no resource of R4", name.offset);
    }

    // --- objects

    void read_object(std::uint32_t node, std::uint32_t object) {
        if (tokens_[object].end == object + 1 || too_deep_) return;
        if (depth_ + 1 >= max_depth) return stop_too_deep(node, object);
        ++depth_;
        read_members(node, object);
        --depth_;
    }

    void stop_too_deep(std::uint32_t node, std::uint32_t object) {
        too_deep_ = true;
        issues_.add_at(Severity::fatal, IssueType::too_costly, "it is nested deeper than is read", at(node).path(),
                       tree_.position(tokens_[object].offset));
    }

    void read_members(std::uint32_t node, std::uint32_t object) {
        const Type type(*tree_.nodes[node].type);
        bool beside = false, holes = false;
        const rows::Element* last = nullptr;
        for (auto i = object + 1; i < tokens_[object].end && !issues_.full() && !too_deep_; i = tokens_[i].end) {
            const auto& token = tokens_[i];
            if (token.key.size() > 1 && token.key[0] == '_') {
                beside = true;
            } else if (token.key == "resourceType" && type.is_resource()) {
                continue;
            } else if (const auto* element = find_after(last, type, token.key)) {
                last = element;
                holes = read_member(node, *element, i) || holes;
            } else {
                keep_unknown(node, i, type);
            }
        }
        if (beside) read_beside(node, object, type);
        if (holes) refuse_holes(node);
    }

    const rows::Element* find(const Type& type, std::string_view name) {
        const auto found = type.element(name);
        return found ? &found->row() : nullptr;
    }
    // Elements mostly come in the order of the specification: those that follow the last are tried first.
    const rows::Element* find_after(const rows::Element* last, const Type& type, std::string_view name) {
        constexpr std::ptrdiff_t near = 4;
        const auto elements = rows::part(rows::elements, type.row().elements);
        const auto* from = last ? last + 1 : elements.data();
        const auto* end = elements.data() + elements.size();
        for (const auto* one = from; one < end && one - from < near; ++one)
            if (rows::text(one->name) == name) return one;
        return find(type, name);
    }

    // True: there is a null in it that something beside must explain.
    bool read_member(std::uint32_t node, const rows::Element& element, std::uint32_t i) {
        const auto& token = tokens_[i];
        const bool repeats = (element.flags & rows::repeats) != 0;
        if (token.kind == Kind::array && token.end == i + 1) return refuse(node, i, "an empty array"), false;
        if (token.kind == Kind::null) return refuse(node, i, "null is no value"), false;
        if (token.kind != Kind::array) {
            const auto added = add(node, element, token.offset);
            if (repeats)
                error(IssueType::structure, "it may repeat, so it is written as an array", added, token.offset);
            read_value(added, i);
            return false;
        }
        if (!repeats) {
            const auto added = add(node, element, token.offset);
            error(IssueType::structure, "it does not repeat, so it is not written as an array", added, token.offset);
            return keep_foreign(added, i), false;
        }
        bool holes = false;
        each(i, [&](std::uint32_t item) {
            const auto added = add(node, element, tokens_[item].offset);
            if (tokens_[item].kind == Kind::null)
                holes = tree_.nodes[added].hole = true;
            else
                read_value(added, item);
        });
        return holes;
    }

    // A member of which nothing can be kept.
    void refuse(std::uint32_t parent, std::uint32_t i, std::string words) {
        issues_.add_at(Severity::error, IssueType::structure, std::move(words),
                       at(parent).path() + "." + std::string(tokens_[i].key), tree_.position(tokens_[i].key_offset));
    }

    std::uint32_t add(std::uint32_t parent, const rows::Element& element, std::uint32_t offset) {
        Node node;
        node.element = &element;
        node.type = &rows::types[element.type];
        node.name = rows::text(element.name);
        node.offset = offset;
        return tree_.append(parent, node);
    }

    void read_value(std::uint32_t node, std::uint32_t i) {
        const auto& type = *tree_.nodes[node].type;
        if (type.primitive != Primitive::none) return read_primitive(node, i);
        if (tokens_[i].kind != Kind::object) return refuse_kind(node, i, Kind::object);
        if (type.kind != 'a') return read_object(node, i);
        // Resource is the one abstract type that elements have.
        const auto inner = resource_type(i, node);
        if (!inner) return keep_foreign(node, i);
        tree_.nodes[node].type = &inner->row();
        read_object(node, i);
    }

    void read_primitive(std::uint32_t node, std::uint32_t i) {
        const auto& token = tokens_[i];
        const auto wanted = kind_for(value_kind(tree_.nodes[node].type->primitive));
        if (token.kind == Kind::object || token.kind == Kind::array) return refuse_kind(node, i, wanted);
        if (token.kind != wanted)
            error(IssueType::structure, "it is written as " + std::string(words_for(wanted)), node, token.offset);
        tree_.nodes[node].text = token.text;
        tree_.nodes[node].kind = kind_for(token.kind);
    }

    void refuse_kind(std::uint32_t node, std::uint32_t i, Kind wanted) {
        error(IssueType::structure, "it is written as " + std::string(words_for(wanted)), node, tokens_[i].offset);
        keep_foreign(node, i);
    }

    // --- what stands beside primitives: "_birthDate": {"extension": […]}

    void read_beside(std::uint32_t node, std::uint32_t object, const Type& type) {
        each(object, [&](std::uint32_t i) {
            const auto& token = tokens_[i];
            if (token.key.size() < 2 || token.key[0] != '_' || issues_.full()) return;
            const auto* element = find(type, token.key.substr(1));
            if (!element || rows::types[element->type].primitive == Primitive::none) return keep_unknown(node, i, type);
            if (token.kind == Kind::array && (element->flags & rows::repeats) != 0)
                read_beside_items(node, *element, i);
            else if (token.kind == Kind::object && (element->flags & rows::repeats) == 0)
                read_object(existing_or_new(node, *element, token.offset), i);
            else
                keep_unknown(node, i, type);
        });
    }

    void read_beside_items(std::uint32_t node, const rows::Element& element, std::uint32_t list) {
        auto value = first_of(node, element);
        each(list, [&](std::uint32_t i) {
            const auto target = value != no_node ? value : add(node, element, tokens_[i].offset);
            value = value != no_node ? next_of(value) : no_node;
            if (tokens_[i].kind == Kind::object)
                read_object(target, i);
            else if (tokens_[i].kind != Kind::null)
                refuse_kind(target, i, Kind::object);
            else if (!at(target).has_value())
                refuse_null(target);
        });
    }

    std::uint32_t existing_or_new(std::uint32_t node, const rows::Element& element, std::uint32_t offset) {
        const auto found = first_of(node, element);
        return found != no_node ? found : add(node, element, offset);
    }

    std::uint32_t first_of(std::uint32_t node, const rows::Element& element) const {
        auto child = tree_.nodes[node].first;
        while (child != no_node && tree_.nodes[child].element != &element) child = tree_.nodes[child].next;
        return child;
    }
    std::uint32_t next_of(std::uint32_t node) const {
        const auto* element = tree_.nodes[node].element;
        auto next = tree_.nodes[node].next;
        while (next != no_node && tree_.nodes[next].element != element) next = tree_.nodes[next].next;
        return next;
    }

    void refuse_holes(std::uint32_t node) {
        for (auto child = tree_.nodes[node].first; child != no_node; child = tree_.nodes[child].next) {
            const auto& one = tree_.nodes[child];
            if (one.hole && one.first == no_node && one.foreign == Foreign::known) refuse_null(child);
        }
    }

    void refuse_null(std::uint32_t node) {
        auto& one = tree_.nodes[node];
        error(IssueType::structure, "null is no value, and nothing stands for it", node, one.offset);
        one.foreign = Foreign::json;
        one.text = "null";
    }

    // --- what R4 does not know

    void keep_unknown(std::uint32_t parent, std::uint32_t i, const Type& type) {
        Node node;
        node.name = tokens_[i].key;
        node.offset = tokens_[i].key_offset;
        const auto added = tree_.append(parent, node);
        keep_foreign(added, i);
        auto words = std::string(type.name()) + " has no such element" + nearest(type, tokens_[i].key);
        issues_.add(options_.lenient ? Severity::warning : Severity::error, IssueType::structure, std::move(words),
                    at(added));
    }

    static std::string nearest(const Type& type, std::string_view key) {
        std::vector<std::string_view> names;
        for (std::size_t n = 0; n < type.elements(); ++n) names.push_back(type.element_at(n).name());
        return json::did_you_mean(key, names);
    }

    void keep_foreign(std::uint32_t node, std::uint32_t i) {
        json::Writer out;
        write(out, i);
        auto& one = tree_.nodes[node];
        one.foreign = Foreign::json;
        one.kind = ValueKind::none;
        one.text = tree_.texts.keep(out.text());
    }

    void write(json::Writer& out, std::uint32_t i) {
        const auto& token = tokens_[i];
        switch (token.kind) {
            case Kind::null:
                out.null();
                return;
            case Kind::boolean:
            case Kind::number:
                out.json(token.text);
                return;
            case Kind::string:
                out.value(token.text);
                return;
            case Kind::array:
                out.begin_array();
                each(i, [&](std::uint32_t item) { write(out, item); });
                out.end_array();
                return;
            case Kind::object:
                out.begin_object();
                each(i, [&](std::uint32_t item) {
                    out.key(tokens_[item].key);
                    write(out, item);
                });
                out.end_object();
        }
    }

    const std::vector<Token>& tokens_;
    const ReadOptions& options_;
    Tree& tree_;
    Issues& issues_;
    std::size_t depth_ = 0;  // of the elements that are being read
    bool too_deep_ = false;
};

}  // namespace

ReadOutcome read_json(std::string_view bytes, const ReadOptions& options) {
    ReadOutcome out;
    Issues issues(options.max_issues);
    auto tree = std::make_unique<Tree>();
    JsonText text;
    const auto mistake = read_tokens(bytes, options, text);
    // Of what is too large not even the lines are counted.
    tree->note_lines(bytes.substr(0, options.max_bytes));
    if (mistake) {
        issues.add_at(Severity::fatal, mistake->too_costly ? IssueType::too_costly : IssueType::structure,
                      mistake->words, "", tree->position(static_cast<std::uint32_t>(mistake->offset)));
        out.issues = issues.take();
        return out;
    }
    tree->nodes.reserve(text.tokens.size() + 1);
    const bool known = TreeReader(text, options, *tree, issues).read_root();
    if (known) {
        tree->texts.own(std::move(text.buffer), text.size);
        out.resource.emplace(std::move(tree));
    }
    out.issues = issues.take();
    return out;
}

}  // namespace gantry::fhir::r4
