#include "channels/sources/resource_rule.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

#include "engine/text/pattern.hpp"

namespace gantry::channels {

using fhir::r4::Element;
using fhir::r4::Resource;
using fhir::r4::Type;
using json::Kind;

struct ResourceRule::Condition {
    enum class Op : std::uint8_t { in, matches, exists, type, negation, all, any };
    Op op = Op::all;
    std::vector<std::string> path{};    // the type, then names of elements
    std::vector<std::string> values{};  // of in; types of type
    std::optional<text::Pattern> pattern{};
    std::vector<Condition> parts{};

    bool holds(const Resource& submitted) const;
};

namespace {

using Found = std::function<bool(Element)>;

// Whether `found` is true of one of the elements at the path below `parent`.
bool any_at(Element parent, std::span<const std::string> path, const Found& found) {
    if (path.empty()) return found(parent);
    for (auto child = parent[path.front()]; child; child = child.again())
        if (any_at(child, path.subspan(1), found)) return true;
    return false;
}

// Of every resource of a type that is written together.
bool any_resource(const Resource& submitted, std::string_view type, const Found& found) {
    if (submitted.type().name() == type && found(submitted.root())) return true;
    if (submitted.type().name() != "Bundle") return false;
    for (auto entry = submitted["entry"]; entry; entry = entry.again()) {
        const auto resource = entry["resource"];
        if (resource && resource.type() && resource.type()->name() == type && found(resource)) return true;
    }
    return false;
}

std::vector<std::string_view> names_below(const Type& type) {
    std::vector<std::string_view> out;
    for (std::size_t i = 0; i < type.elements(); ++i) out.push_back(type.element_at(i).name());
    return out;
}

std::vector<std::string_view> resource_names() {
    std::vector<std::string_view> out;
    for (std::size_t i = 0; i < Type::count(); ++i)
        if (Type::at(i).is_resource()) out.push_back(Type::at(i).name());
    return out;
}

std::vector<std::string> words(std::string_view path) {
    std::vector<std::string> out;
    for (std::size_t from = 0; from <= path.size();) {
        const auto dot = std::min(path.find('.', from), path.size());
        out.emplace_back(path.substr(from, dot - from));
        from = dot + 1;
    }
    return out;
}

}  // namespace

std::string_view resource_condition_definitions() {
    return R"("resource_place": {
      "description": "where in a resource: ServiceRequest.priority",
      "type": "string", "pattern": "^[A-Z][A-Za-z]+([.][a-z][A-Za-z0-9]*)*$"
    },
    "resource_texts": {"anyOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": {"type": "string"}}]},
    "resource_condition": {
      "description": "what must hold of resources, where the source is fhir",
      "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
      "properties": {
        "equals": {
          "description": "[place, value]: it is this value, in any repetition", "type": "array", "minItems": 2,
          "maxItems": 2, "prefixItems": [{"$ref": "#/$defs/resource_place"}, {"$ref": "#/$defs/resource_texts"}]
        },
        "in": {
          "description": "[place, [values]]: it is one of these", "type": "array", "minItems": 2, "maxItems": 2,
          "prefixItems": [{"$ref": "#/$defs/resource_place"}, {"$ref": "#/$defs/resource_texts"}]
        },
        "matches": {
          "description": "[place, regular expression in the syntax of RE2]: something of it matches", "type": "array",
          "minItems": 2, "maxItems": 2, "prefixItems": [{"$ref": "#/$defs/resource_place"}, {"type": "string"}]
        },
        "exists": {"description": "it is there", "$ref": "#/$defs/resource_place"},
        "type": {"description": "a resource of one of these types is written", "$ref": "#/$defs/resource_texts"},
        "not": {"description": "it does not hold", "$ref": "#/$defs/resource_condition"},
        "all": {
          "description": "every one holds", "type": "array", "minItems": 1,
          "items": {"$ref": "#/$defs/resource_condition"}
        },
        "any": {
          "description": "one of them holds", "type": "array", "minItems": 1,
          "items": {"$ref": "#/$defs/resource_condition"}
        }
      }
    })";
}

bool ResourceRule::Condition::holds(const Resource& submitted) const {
    const auto one = [&](const Condition& part) { return part.holds(submitted); };
    const auto any_value = [&](const Found& found) {
        return any_resource(submitted, path.front(),
                            [&](Element root) { return any_at(root, std::span(path).subspan(1), found); });
    };
    switch (op) {
        case Op::in:
            return any_value([&](Element element) {
                return element.has_value() && std::find(values.begin(), values.end(), element.value()) != values.end();
            });
        case Op::matches:
            return any_value([&](Element element) {
                std::array<std::string_view, 1> whole;
                return element.has_value() && pattern->find(element.value(), 0, whole);
            });
        case Op::exists:
            return any_value([](Element) { return true; });
        case Op::type:
            return std::any_of(values.begin(), values.end(), [&](const auto& type) {
                return any_resource(submitted, type, [](Element) { return true; });
            });
        case Op::negation:
            return !parts.front().holds(submitted);
        case Op::all:
            return std::all_of(parts.begin(), parts.end(), one);
        case Op::any:
            break;
    }
    return std::any_of(parts.begin(), parts.end(), one);
}

class ResourceRule::Compiler {
  public:
    explicit Compiler(json::Diagnostics& problems) : problems_(problems) {}

    // Of nothing that is wrong when problems were reported.
    Condition condition(const json::Value& value, const std::string& pointer) {
        if (!value.is_object() || value.members().size() != 1)
            return wrong(value, pointer, "a condition is an object with one member");
        const auto& [name, position, argument] = value.members().front();
        const auto place = json::child_pointer(pointer, name);
        if (name == "equals" || name == "in") return in(argument, place);
        if (name == "matches") return matches(argument, place);
        if (name == "exists") return of_path(Condition::Op::exists, argument, place, false);
        if (name == "type") return type(argument, place);
        if (name == "not") return with_parts(Condition::Op::negation, {&argument, 1}, place, true);
        if (name == "all" || name == "any") {
            if (!argument.is_array()) return wrong(argument, place, "a list of conditions is expected");
            return with_parts(name == "all" ? Condition::Op::all : Condition::Op::any, argument.items(), place, false);
        }
        static constexpr std::string_view known[] = {"equals", "in", "matches", "exists", "type", "not", "all", "any"};
        problems_.error_at(position, place, ErrorCode::config_bad_mapping,
                           "there is no condition \"" + name + "\" about resources" + json::did_you_mean(name, known));
        return {};
    }

  private:
    Condition wrong(const json::Value& at, const std::string& pointer, const std::string& what) {
        problems_.error(at, pointer, ErrorCode::config_wrong_type, what);
        return {};
    }

    Condition with_parts(Condition::Op op, std::span<const json::Value> parts, const std::string& pointer,
                         bool single) {
        Condition out;
        out.op = op;
        for (const auto& part : parts)
            out.parts.push_back(
                condition(part, single ? pointer : json::child_pointer(pointer, std::to_string(out.parts.size()))));
        return out;
    }

    Condition in(const json::Value& argument, const std::string& place) {
        if (!argument.is_array() || argument.items().size() != 2)
            return wrong(argument, place, "[place, value] is expected");
        auto out = of_path(Condition::Op::in, argument.items()[0], place + "/0", true);
        out.values = texts(argument.items()[1], place + "/1");
        return out;
    }

    Condition matches(const json::Value& argument, const std::string& place) {
        if (!argument.is_array() || argument.items().size() != 2 || !argument.items()[1].is_string())
            return wrong(argument, place, "[place, pattern] is expected");
        auto out = of_path(Condition::Op::matches, argument.items()[0], place + "/0", true);
        auto pattern = text::Pattern::compile(argument.items()[1].string());
        if (pattern)
            out.pattern = std::move(*pattern);
        else
            problems_.error(argument.items()[1], place + "/1", pattern.error().code, pattern.error().detail);
        return out;
    }

    Condition type(const json::Value& argument, const std::string& place) {
        Condition out;
        out.op = Condition::Op::type;
        out.values = texts(argument, place);
        for (const auto& name : out.values) resource_type(name, argument, place);
        return out;
    }

    // A text, or a list of some.
    std::vector<std::string> texts(const json::Value& value, const std::string& place) {
        std::vector<std::string> out;
        if (value.is_string()) return {value.string()};
        for (const auto& item : value.items())
            if (item.is_string()) out.push_back(item.string());
        if (out.empty() || out.size() != value.items().size())
            problems_.error(value, place, ErrorCode::config_wrong_type, "a string, or a list of strings, is expected");
        return out;
    }

    std::optional<Type> resource_type(const std::string& name, const json::Value& at, const std::string& place) {
        const auto out = Type::find(name);
        if (out && out->is_resource()) return out;
        problems_.error(
            at, place, ErrorCode::config_no_such_place,
            "there is no resource \"" + name + "\" in FHIR R4" + json::did_you_mean(name, resource_names()));
        return std::nullopt;
    }

    // primitive: it must lead to a value.
    Condition of_path(Condition::Op op, const json::Value& value, const std::string& place, bool primitive) {
        Condition out;
        out.op = op;
        if (!value.is_string()) return wrong(value, place, "a place such as \"ServiceRequest.priority\" is expected");
        out.path = words(value.string());
        auto type = resource_type(out.path.front(), value, place);
        for (std::size_t i = 1; type && i < out.path.size(); ++i) {
            const auto below = type->child(out.path[i]);
            if (!below)
                problems_.error(value, place, ErrorCode::config_no_such_place,
                                std::string(type->name()) + " has no \"" + out.path[i] + "\"" +
                                    json::did_you_mean(out.path[i], names_below(*type)));
            type = below ? std::optional(below->type()) : std::nullopt;
        }
        if (type && primitive && !type->is_primitive())
            problems_.error(
                value, place, ErrorCode::config_no_such_place,
                "it is a " + std::string(type->name()) + ", which has no value of its own; name an element in it");
        return out;
    }

    json::Diagnostics& problems_;
};

std::optional<ResourceRule> ResourceRule::compile(const json::Value& condition, const std::string& pointer,
                                                  json::Diagnostics& problems) {
    const auto before = problems.all().size();
    auto compiled = Compiler(problems).condition(condition, pointer);
    if (problems.all().size() != before) return std::nullopt;
    return ResourceRule(std::make_shared<const Condition>(std::move(compiled)));
}

bool ResourceRule::holds(const Resource& submitted) const {
    return condition_->holds(submitted);
}

}  // namespace gantry::channels
