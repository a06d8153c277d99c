#include <algorithm>

#include "fhir/json/specification_order_internal.hpp"

namespace gantry::fhir::r4 {
namespace {

constexpr const char* subset_system = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";

bool is_named(const WriteOptions& options, std::string_view stem) {
    return std::find(options.elements.begin(), options.elements.end(), stem) != options.elements.end();
}

// Whether anything of a part is left.
bool holds_anything(const Tree& tree, std::uint32_t part, const WriteOptions& options) {
    for (auto child = tree.nodes[part].first; child != no_node; child = tree.nodes[child].next)
        if (is_written(tree, part, child, false, options)) return true;
    return false;
}

}  // namespace

void in_specification_order(const Tree& tree, std::uint32_t node, Foreign other, std::vector<std::uint32_t>& out) {
    const auto begin = static_cast<std::ptrdiff_t>(out.size());
    bool sorted = true;
    const rows::Element* last = nullptr;
    // Rows of one type lie one behind the other; a foreign child comes after all of them.
    const auto* end = rows::elements.data() + rows::elements.size();
    const auto place = [&](std::uint32_t child) { return tree.nodes[child].element ? tree.nodes[child].element : end; };
    for (auto child = tree.nodes[node].first; child != no_node; child = tree.nodes[child].next) {
        if (tree.nodes[child].foreign == other) continue;
        sorted = sorted && (!last || last <= place(child));
        last = place(child);
        out.push_back(child);
    }
    if (!sorted) std::stable_sort(out.begin() + begin, out.end(), [&](auto a, auto b) { return place(a) < place(b); });
}

// Resources and their parts are thinned out; a data type is told whole.
bool is_written(const Tree& tree, std::uint32_t parent, std::uint32_t child, bool top, const WriteOptions& options) {
    if (!is_subset(options)) return true;
    const auto& node = tree.nodes[child];
    const auto& owner = *tree.nodes[parent].type;
    if (owner.kind != 'r' && owner.kind != 'p') return true;
    if (!node.element) return options.summary == Summary::data && options.elements.empty();
    const ElementDefinition definition(*node.element, owner);
    if (options.summary == Summary::yes && !definition.in_summary() && !definition.required()) return false;
    if (node.type && node.type->kind == 'p' && !holds_anything(tree, child, options)) return false;
    if (!top) return true;
    const auto stem = definition.stem();
    const bool always = stem == "id" || stem == "meta" || definition.required();
    if (options.summary == Summary::text && !always && stem != "text") return false;
    if (options.summary == Summary::data && stem == "text") return false;
    return options.elements.empty() || always || definition.is_modifier() || is_named(options, stem);
}

Resource marked_as_subset(Element resource) {
    auto out = Resource::extract(resource);
    auto meta = out["meta"];
    if (!meta) meta = out.add(out.root(), "meta");
    for (auto tag = meta["tag"]; tag; tag = tag.again())
        if (tag["code"].value() == "SUBSETTED" && tag["system"].value() == subset_system) return out;
    const auto tag = out.add(meta, "tag");
    out.add(tag, "system", subset_system);
    out.add(tag, "code", "SUBSETTED");
    return out;
}

}  // namespace gantry::fhir::r4
