#include "fhir/json/validation.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "fhir/json/invariants_internal.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/reference.hpp"
#include "fhir/json/tree_internal.hpp"
#include "fhir/json/xhtml.hpp"

namespace gantry::fhir::r4 {
namespace {

constexpr std::size_t most_slots = 128;

// Only what is a word of the specification's own may be quoted; anything else might be a patient's.
std::string in_quotes(std::string_view code) {
    constexpr std::size_t longest = 40;
    const bool short_word = code.size() <= longest && wrong_with(Primitive::code_, code).empty();
    return short_word ? "\"" + std::string(code) + "\"" : std::string("the value");
}

// type/subtype, and parameters that are not looked at.
bool is_media_type(std::string_view text) {
    if (is_one_of(text, {"json", "xml", "ttl", "none"})) return true;  // R4's own short names of its formats
    const auto in_token = [](char c) { return c > ' ' && c != '/' && c != ';' && c != ',' && c != '"' && c != 127; };
    const auto end = std::min(text.find(';'), text.size());
    const auto slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 >= end) return false;
    auto rest = text.substr(slash + 1, end - slash - 1);
    while (!rest.empty() && rest.back() == ' ') rest.remove_suffix(1);
    return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(slash), in_token) &&
           std::all_of(rest.begin(), rest.end(), in_token);
}

class Validator {
  public:
    Validator(const Tree& tree, const ValidateOptions& options)
        : tree_(tree), options_(options), issues_(options.max_issues) {}

    std::vector<Issue> run() {
        Surroundings around;
        container(0, around, 0);
        auto out = issues_.take();
        const auto before = [](const Issue& a, const Issue& b) {
            return std::pair(a.position.line, a.position.column) < std::pair(b.position.line, b.position.column);
        };
        const bool cut = !out.empty() && out.back().type == IssueType::too_costly;
        std::stable_sort(out.begin(), out.end() - (cut ? 1 : 0), before);
        return out;
    }

  private:
    // What a resource that is not contained knows of itself: the ids that fragments may name, and those that are named.
    struct Surroundings {
        bool conditional = false;  // an entry of a batch or transaction
        std::unordered_map<std::string_view, std::uint32_t> contained;
        std::unordered_set<std::string_view> named;
    };

    const Node& node(std::uint32_t n) const { return tree_.nodes[n]; }
    Element at(std::uint32_t n) const { return {tree_, n}; }
    void error(IssueType type, std::string words, std::uint32_t n, std::string_view rule = {}) {
        issues_.add(Severity::error, type, std::move(words), at(n), std::string(rule));
    }

    void container(std::uint32_t resource, Surroundings& around, std::size_t depth) {
        for (auto inner = at(resource)["contained"]; inner; inner = inner.again())
            around.contained.emplace(inner["id"].value(), inner.node());
        element(resource, around, depth);
        if (!around.contained.empty()) every_contained_is_named(at(resource), around);
    }

    // dom-3. A contained resource may also refer to the one around it; that is what names it then.
    void every_contained_is_named(Element resource, const Surroundings& around) {
        for (auto inner = resource["contained"]; inner; inner = inner.again()) {
            const auto id = inner["id"].value();
            if ((!id.empty() && around.named.count(id) > 0) || refers_to_container(inner)) continue;
            error(IssueType::invariant,
                  "If the resource is contained in another resource, it SHALL be referred to from elsewhere in the "
                  "resource or SHALL refer to the containing resource",
                  inner.node(), "dom-3");
        }
    }
    bool refers_to_container(Element element) const {
        if (element.value() == "#") return true;
        for (auto child = element.first(); child; child = child.next())
            if (refers_to_container(child)) return true;
        return false;
    }

    // --- any element

    void element(std::uint32_t n, Surroundings& around, std::size_t depth) {
        if (issues_.full() || !node(n).type || node(n).foreign != Foreign::known) return;
        if (depth > max_depth) return error(IssueType::too_costly, "it is nested deeper than is looked at", n);
        const auto& type = *node(n).type;
        if (type.primitive != Primitive::none) primitive(n, around);
        if (node(n).first == no_node && node(n).kind == ValueKind::none && type.kind != 'r')
            return error(IssueType::invariant, "All FHIR elements must have a @value or children", n, "ele-1");
        cardinality(n, type);
        for (const auto* rule : invariants_of(type))
            if ((rule->severity == Severity::error || options_.advice) && !rule->holds(at(n)))
                issues_.add(rule->severity, IssueType::invariant, std::string(rule->words), at(n),
                            std::string(rule->key));
        special(n, type, around);
        for (auto child = node(n).first; child != no_node; child = node(child).next) inside(child, around, depth + 1);
    }

    // A resource in an entry or parameter stands for itself; a contained one belongs to the one around it.
    void inside(std::uint32_t child, Surroundings& around, std::size_t depth) {
        const auto& one = node(child);
        if (one.type && one.type->kind == 'r' && one.name != "contained") {
            Surroundings own;
            own.conditional = takes_conditional(child);
            return container(child, own, depth);
        }
        element(child, around, depth);
        if (one.element && one.element->codes != 0) binding(child);
    }
    bool takes_conditional(std::uint32_t resource) const {
        const auto type = at(resource).parent().parent()["type"].value();
        return type == "transaction" || type == "batch";
    }

    void cardinality(std::uint32_t n, const rows::Type& type) {
        std::array<std::uint32_t, most_slots> counts;
        const auto slots = rows::part(rows::slots, type.slots);
        std::fill_n(counts.begin(), slots.size(), 0u);
        for (auto child = node(n).first; child != no_node; child = node(child).next) {
            if (!node(child).element) continue;
            const auto& slot = slots[node(child).element->slot];
            if (++counts[node(child).element->slot] == 2 && slot.repeats == 0) too_many(child);
        }
        for (std::size_t i = 0; i < slots.size(); ++i)
            if (slots[i].required > 0 && counts[i] == 0)
                issues_.add_at(Severity::error, IssueType::required,
                               "a required element is missing: " + std::string(rows::text(slots[i].name)),
                               at(n).path() + "." + std::string(rows::text(slots[i].name)), at(n).position());
    }
    void too_many(std::uint32_t child) {
        const bool choice = (node(child).element->flags & rows::choice) != 0;
        error(IssueType::structure, choice ? "only one type of a choice may be there" : "it may be there only once",
              child);
    }

    // --- primitives

    void primitive(std::uint32_t n, Surroundings& around) {
        const auto& one = node(n);
        if (one.kind == ValueKind::none) return;
        const auto primitive = one.type->primitive;
        if (primitive == Primitive::xhtml_) return narrative(n);
        if (const auto words = wrong_with(primitive, one.text); !words.empty())
            return error(IssueType::value, "it " + std::string(words), n);
        const bool names =
            primitive == Primitive::canonical_ || primitive == Primitive::uri_ || primitive == Primitive::url_;
        if (names && one.text[0] == '#') around.named.insert(one.text.substr(1));
    }

    void narrative(std::uint32_t n) {
        const auto verdict = check_xhtml(node(n).text);
        if (verdict.mistake == XhtmlMistake::none) return;
        const auto rule = verdict.mistake == XhtmlMistake::blank ? "txt-2" : "txt-1";
        error(IssueType::invariant, std::string(verdict.words), n, rule);
    }

    // --- bindings

    void binding(std::uint32_t n) {
        const Codes codes(rows::value_sets[node(n).element->codes - 1u]);
        if (node(n).foreign != Foreign::known || is_bound(n, codes)) return;
        // What is no code at all has been told.
        if (!wrong_with(node(n).type->primitive, node(n).text).empty()) return;
        if (codes.size() == 0) return error(IssueType::code_invalid, "it is no media type (RFC 6838)", n);
        const auto value = node(n).type->primitive != Primitive::none ? in_quotes(node(n).text) : "no code of it";
        error(IssueType::code_invalid, value + " is not in the value set " + std::string(codes.name()), n);
    }
    bool is_bound(std::uint32_t n, const Codes& codes) const {
        const auto& type = *node(n).type;
        if (codes.size() == 0) return node(n).kind == ValueKind::none || is_media_type(node(n).text);
        if (type.primitive != Primitive::none) return node(n).kind == ValueKind::none || codes.contains(node(n).text);
        const auto name = rows::text(type.name);
        const bool coding = name == "Coding" || name == "Quantity";
        if (!coding && name != "CodeableConcept") return true;
        // An extension may say why there is no code.
        const bool silent = coding ? !exists(at(n), "code") && !exists(at(n), "system")
                                   : !exists(at(n), "coding") && !exists(at(n), "text");
        if (silent && exists(at(n), "extension")) return true;
        if (coding) return has_code(at(n), codes);
        for (auto one = at(n)["coding"]; one; one = one.again())
            if (has_code(one, codes)) return true;
        return false;
    }
    static bool has_code(Element coding, const Codes& codes) {
        return codes.contains(coding["system"].value(), coding["code"].value());
    }

    // --- references, and what needs to see more than one element

    void special(std::uint32_t n, const rows::Type& type, Surroundings& around) {
        const auto name = rows::text(type.name);
        if (name == "Reference") reference(n, around);
        if (name == "Bundle") bundle(at(n));
    }

    void reference(std::uint32_t n, Surroundings& around) {
        const auto reference = at(n)["reference"];
        if (!reference.has_value()) return;
        const auto parts = parse_reference(reference.value());
        using Form = ReferenceText::Kind;
        if (parts.kind == Form::wrong || (parts.kind == Form::conditional && !around.conditional))
            return error(IssueType::value, "it is no reference: Type/id, a URL, urn:uuid:…, urn:oid:… or #id",
                         reference.node());
        if (parts.kind == Form::fragment) return fragment(n, reference, parts.id, around);
        if (parts.type) target(n, reference.node(), parts.type->name());
    }

    void fragment(std::uint32_t n, Element reference, std::string_view id, Surroundings& around) {
        if (id.empty()) return;
        around.named.insert(id);
        const auto inner = around.contained.find(id);
        if (inner == around.contained.end())
            return error(IssueType::not_found, "SHALL have a contained resource if a local reference is provided",
                         reference.node(), "ref-1");
        if (const auto type = at(inner->second).type()) target(n, reference.node(), type->name());
    }

    void target(std::uint32_t n, std::uint32_t reference, std::string_view type) {
        const auto stated = at(n)["type"].value();
        if (!stated.empty() && stated != type &&
            stated != "http://hl7.org/fhir/StructureDefinition/" + std::string(type))
            error(IssueType::value, "type says otherwise than the reference", n);
        if (!node(n).element || node(n).element->targets.count == 0) return;
        const auto targets = rows::part(rows::targets, node(n).element->targets);
        const bool allowed = std::any_of(targets.begin(), targets.end(), [&](const auto& index) {
            return rows::text(rows::types[index.value].name) == type;
        });
        if (!allowed)
            error(IssueType::structure, "it may not refer to a resource of the type " + std::string(type), reference);
    }

    // --- bundles

    void bundle(Element bundle) {
        std::unordered_set<std::string_view> relations;
        for (auto link = bundle["link"]; link; link = link.again()) {
            const auto relation = link["relation"].value();
            const bool once = is_one_of(relation, {"self", "first", "previous", "next", "last"});
            if (once && !relations.insert(relation).second)
                error(IssueType::structure, "there is one link of this relation at most", link.node());
        }
        std::unordered_set<std::string> seen;
        const bool history = bundle["type"].value() == "history";
        for (auto entry = bundle["entry"]; entry; entry = entry.again()) {
            const auto url = entry["fullUrl"];
            if (!url.has_value()) continue;
            const auto resource = entry["resource"];
            full_url(url, resource);
            auto key = std::string(url.value()) + " " + std::string(resource["meta"]["versionId"].value());
            if (!history && !seen.insert(std::move(key)).second)
                error(IssueType::invariant,
                      "FullUrl must be unique in a bundle, or else entries with the same fullUrl must have different "
                      "meta.versionId (except in history bundles)",
                      url.node(), "bdl-7");
        }
    }

    // "Absolute URL for resource"; that it "SHALL NOT disagree with the id in the resource" is not kept by HL7's own
    // examples, so it is a warning.
    void full_url(Element url, Element resource) {
        const auto parts = parse_reference(url.value());
        using Form = ReferenceText::Kind;
        if (parts.kind != Form::absolute && parts.kind != Form::urn)
            return error(IssueType::value, "it is no absolute URL", url.node());
        const auto id = resource["id"].value();
        if (!parts.type || id.empty()) return;
        if (parts.id != id || !resource.is(parts.type->name()))
            issues_.add(Severity::warning, IssueType::value, "it disagrees with the type or id of the resource", url);
    }

    const Tree& tree_;
    const ValidateOptions& options_;
    Issues issues_;
};

}  // namespace

std::vector<Issue> validate(const Resource& resource, const ValidateOptions& options) {
    return Validator(resource.tree(), options).run();
}

}  // namespace gantry::fhir::r4
