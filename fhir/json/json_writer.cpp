#include "fhir/json/json_writer.hpp"

#include <algorithm>

#include "engine/json/writer.hpp"
#include "fhir/json/specification_order_internal.hpp"

namespace gantry::fhir::r4 {
namespace {

class TreeWriter {
  public:
    TreeWriter(const Tree& tree, const WriteOptions& options)
        : tree_(tree), options_(options), out_(options.pretty ? json::Form::pretty : json::Form::compact) {}

    std::string write(std::uint32_t resource) {
        top_ = resource;
        object(resource);
        return std::move(out_).text();
    }

  private:
    using Run = std::pair<std::size_t, std::size_t>;  // of children_: equal elements

    const Node& node(std::size_t child) const { return tree_.nodes[children_[child]]; }

    // Children of all open objects lie on one stack.
    void object(std::uint32_t at) {
        const auto begin = children_.size();
        in_specification_order(tree_, at, Foreign::xml, children_);
        const auto end = children_.size();
        out_.begin_object();
        const auto* type = tree_.nodes[at].type;
        if (type && type->kind == 'r') out_.member("resourceType", rows::text(type->name));
        for (auto from = begin; from < end;) {
            auto to = from + 1;
            while (to < end && node(from).element && node(to).element == node(from).element) ++to;
            if (is_written(tree_, at, children_[from], at == top_, options_)) run({from, to});
            from = to;
        }
        out_.end_object();
        children_.resize(begin);
    }

    void run(Run run) {
        const auto& first = node(run.first);
        if (!first.element) {
            out_.key(first.name).json(first.text);
            return;
        }
        const bool list = (first.element->flags & rows::repeats) != 0 || run.second - run.first > 1;
        if (rows::types[first.element->type].primitive == Primitive::none) return complex(run, list);
        const auto any = [&](auto wanted) {
            for (auto i = run.first; i < run.second; ++i)
                if (wanted(node(i))) return true;
            return false;
        };
        const std::string name(first.name);
        if (any([](const Node& one) { return has_value(one); }))
            values(name, run, list, has_value, [this](std::size_t i) { value(node(i)); });
        if (any([](const Node& one) { return has_parts(one); }))
            values("_" + name, run, list, has_parts, [this](std::size_t i) { object(children_[i]); });
    }

    static bool has_value(const Node& one) { return one.kind != ValueKind::none || one.foreign == Foreign::json; }
    static bool has_parts(const Node& one) { return one.first != no_node; }

    void complex(Run run, bool list) {
        // An array where one object belongs is kept as it was.
        const bool whole = run.second - run.first == 1 && node(run.first).foreign == Foreign::json;
        out_.key(node(run.first).name);
        if (whole) list = list && node(run.first).text.front() != '[';
        if (list) out_.begin_array();
        for (auto i = run.first; i < run.second; ++i) {
            if (node(i).foreign == Foreign::json)
                out_.json(node(i).text);
            else
                object(children_[i]);
        }
        if (list) out_.end_array();
    }

    template <class Has, class Write>
    void values(std::string_view key, Run run, bool list, Has has, Write write) {
        out_.key(key);
        if (list) out_.begin_array();
        for (auto i = run.first; i < run.second; ++i) {
            if (has(node(i)))
                write(i);
            else
                out_.null();
        }
        if (list) out_.end_array();
    }

    void value(const Node& one) {
        if (one.foreign == Foreign::json || one.kind == ValueKind::number || one.kind == ValueKind::boolean)
            out_.json(one.text);
        else
            out_.value(one.text);
    }

    const Tree& tree_;
    const WriteOptions& options_;
    json::Writer out_;
    std::vector<std::uint32_t> children_;
    std::uint32_t top_ = 0;
};

}  // namespace

std::string write_json(const Resource& resource, const WriteOptions& options) {
    return write_json(resource.root(), options);
}

std::string write_json(Element resource, const WriteOptions& options) {
    if (!is_subset(options)) return TreeWriter(resource.tree(), options).write(resource.node());
    const auto marked = marked_as_subset(resource);
    return TreeWriter(marked.tree(), options).write(0);
}

}  // namespace gantry::fhir::r4
