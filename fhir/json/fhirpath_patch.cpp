#include "fhir/json/fhirpath_patch.hpp"

#include <algorithm>
#include <charconv>

#include "fhir/json/fhirpath.hpp"
#include "fhir/json/tree_internal.hpp"

namespace gantry::fhir::r4 {
namespace {

using Problem = std::optional<PatchProblem>;
using Elements = std::vector<Element>;

// One operation with what its parts say.
struct Operation {
    std::string_view type, path, name;
    std::optional<std::size_t> index, source, destination;
    Element value;      // the part that has it
    std::string place;  // in the patch
};

Problem unreadable(const Operation& operation, std::string text) {
    return PatchProblem{PatchProblem::Kind::unreadable, std::move(text), operation.place};
}
Problem unfulfilled(const Operation& operation, std::string text) {
    return PatchProblem{PatchProblem::Kind::unfulfilled, std::move(text), operation.place};
}

// The element of a part that has its value: valueString, resource; none: it has parts.
Element content_of(Element part) {
    if (const auto value = part["value"]) return value;
    return part["resource"];
}

std::optional<std::size_t> number_of(Element part) {
    const auto text = part["valueInteger"].value();
    std::size_t out = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, out);
    return !text.empty() && read.ec == std::errc() && read.ptr == end ? std::optional(out) : std::nullopt;
}

class Patching {
  public:
    explicit Patching(Resource& resource) : resource_(resource) {}

    Problem apply(const Operation& operation) {
        const auto path = FhirPath::parse(operation.path);
        if (!path) return unreadable(operation, path.error().detail);
        const auto found = path->of(resource_);
        if (resource_.tree().nodes.size() > most_patched_values) return unfulfilled(operation, "it would be too large");
        if (operation.type == "delete") return remove(operation, found);
        if (operation.type == "move") return move(operation, found);
        if (operation.type == "insert") return insert(operation, found);
        if (operation.type != "add" && operation.type != "replace")
            return unreadable(operation, "type is add, insert, delete, replace or move");
        if (found.size() != 1) return unfulfilled(operation, wrong_number(found.size()));
        return operation.type == "add" ? add(operation, found.front()) : replace(operation, found.front());
    }

  private:
    static std::string wrong_number(std::size_t found) {
        return found == 0 ? "there is nothing at the path" : "there are several elements at the path";
    }

    // As the type of the parent has it, for the value that is to be there: value → valueQuantity.
    static std::optional<ElementDefinition> definition_of(Element parent, std::string_view name, Element part) {
        const auto type = parent.type();
        if (!type) return std::nullopt;
        if (const auto plain = type->element(name)) return plain;
        const auto content = content_of(part);
        for (std::size_t n = 0; n < type->elements(); ++n) {
            const auto one = type->element_at(n);
            if (one.stem() == name && one.is_choice() && content && content.is(one.type().name())) return one;
        }
        return std::nullopt;
    }

    // Appends the value of a part as a child; the empty element: it is none for that place.
    Element append(Element parent, std::string_view name, Element part) {
        const auto definition = definition_of(parent, name, part);
        if (!definition) return {};
        const auto type = definition->type();
        const auto content = content_of(part);
        if (!content) return append_parts(parent, definition->name(), part);
        if (!type.is_primitive()) {
            const auto own = content.type();
            if (!own || !(own->is_a(type.name()) || (type.is_a(own->name()) && !own->is_abstract()))) return {};
            return resource_.add_copy(parent, definition->name(), content);
        }
        if (!content.type() || !content.type()->is_primitive()) return {};
        const auto added = content.has_value() ? resource_.add(parent, definition->name(), content.value())
                                               : resource_.add(parent, definition->name());
        for (auto child = content.first(); child; child = child.next()) resource_.add_copy(added, child.name(), child);
        return added;
    }

    // A value without a type of its own, told element by element.
    Element append_parts(Element parent, std::string_view name, Element part) {
        const auto added = resource_.add(parent, name);
        if (!added || added.type()->is_primitive() || !part.has("part")) return {};
        for (auto one = part["part"]; one; one = one.again())
            if (!append(added, one["name"].value(), one)) return {};
        return added;
    }

    Problem add(const Operation& operation, Element parent) {
        if (operation.name.empty()) return unreadable(operation, "add has a name");
        if (!operation.value) return unreadable(operation, "add has a value");
        const auto definition = definition_of(parent, operation.name, operation.value);
        if (!definition) return unfulfilled(operation, "there is no such element, or it has not such a value");
        if (!definition->repeats() && parent.has(definition->stem()))
            return unfulfilled(operation, "it does not repeat, and is there already");
        if (!append(parent, operation.name, operation.value))
            return unfulfilled(operation, "the value is none of that element");
        return {};
    }

    // The siblings of one name, in their order.
    static Elements repetitions(Element one) {
        Elements out;
        for (auto at = one.parent()[one.name()]; at; at = at.again())
            if (at.name() == one.name()) out.push_back(at);
        return out;
    }

    // Puts `order` in place of the repetitions: what comes last in the tree is last.
    void arrange(const Elements& order) {
        for (const auto one : order) {
            resource_.add_copy(one.parent(), one.name(), one);
            resource_.remove(one);
        }
    }

    Problem replace(const Operation& operation, Element old) {
        if (!operation.value) return unreadable(operation, "replace has a value");
        const auto parent = old.parent();
        if (!parent) return unfulfilled(operation, "a resource is not replaced by a patch");
        auto all = repetitions(old);
        const auto made = append(parent, old.stem(), operation.value);
        if (!made) return unfulfilled(operation, "the value is none of that element");
        if (made.name() != old.name() || all.size() == 1) {
            resource_.remove(old);
            return {};
        }
        std::replace(all.begin(), all.end(), old, made);
        resource_.remove(old);
        arrange(all);
        return {};
    }

    Problem remove(const Operation& operation, const Elements& found) {
        if (found.size() > 1) return unfulfilled(operation, wrong_number(found.size()));
        if (found.empty()) return {};
        if (!found.front().parent()) return unfulfilled(operation, "a resource is not removed by a patch");
        remove_with_empty(found.front());
        return {};
    }

    // What is left without content is none.
    void remove_with_empty(Element element) {
        for (auto at = element;;) {
            const auto above = at.parent();
            resource_.remove(at);
            if (!above.parent() || above.first() || above.has_value()) return;
            at = above;
        }
    }

    // The repetitions that a path leads to; they must be all those of one element.
    static bool is_list(const Elements& found) {
        const auto definition = found.empty() ? std::nullopt : found.front().definition();
        return definition && definition->repeats() && repetitions(found.front()) == found;
    }

    Problem insert(const Operation& operation, const Elements& found) {
        if (!operation.index) return unreadable(operation, "insert has an index");
        if (!operation.value) return unreadable(operation, "insert has a value");
        if (!is_list(found)) return unfulfilled(operation, "the path does not lead to a list");
        if (*operation.index > found.size()) return unfulfilled(operation, "the index is behind the list");
        const auto made = append(found.front().parent(), found.front().stem(), operation.value);
        if (!made) return unfulfilled(operation, "the value is none of that element");
        arrange({found.begin() + static_cast<std::ptrdiff_t>(*operation.index), found.end()});
        return {};
    }

    Problem move(const Operation& operation, const Elements& found) {
        if (!operation.source || !operation.destination)
            return unreadable(operation, "move has a source and a destination");
        if (!is_list(found)) return unfulfilled(operation, "the path does not lead to a list");
        if (std::max(*operation.source, *operation.destination) >= found.size())
            return unfulfilled(operation, "source and destination are places in the list");
        auto order = found;
        const auto from = order.begin() + static_cast<std::ptrdiff_t>(*operation.source);
        const auto to = order.begin() + static_cast<std::ptrdiff_t>(*operation.destination);
        from < to ? std::rotate(from, from + 1, to + 1) : std::rotate(to, from, from + 1);
        arrange(order);
        return {};
    }

    Resource& resource_;
};

Problem read_parts(Element parameter, Operation& out) {
    for (auto part = parameter["part"]; part; part = part.again()) {
        const auto name = part["name"].value();
        const auto text = content_of(part).value();
        if (name == "type") out.type = text;
        if (name == "path") out.path = text;
        if (name == "name") out.name = text;
        if (name == "value") out.value = part;
        const bool number = name == "index" || name == "source" || name == "destination";
        if (!number) continue;
        const auto read = number_of(part);
        if (!read) return unreadable(out, std::string(name) + " is a valueInteger, 0 or more");
        (name == "index" ? out.index : name == "source" ? out.source : out.destination) = read;
    }
    if (out.type.empty() || out.path.empty()) return unreadable(out, "an operation has a type and a path");
    return {};
}

}  // namespace

std::optional<PatchProblem> fhirpath_patch(Resource& resource, const Resource& parameters) {
    Patching patching(resource);
    std::size_t operations = 0;
    for (auto parameter = parameters["parameter"]; parameter; parameter = parameter.again()) {
        Operation operation;
        operation.place = parameter.path();
        if (parameter["name"].value() != "operation")
            return unreadable(operation, "the parameters of a FHIRPath Patch are named operation");
        if (++operations > most_patch_operations) return unreadable(operation, "it has too many operations");
        if (auto problem = read_parts(parameter, operation)) return problem;
        if (auto problem = patching.apply(operation)) return problem;
    }
    if (operations == 0)
        return PatchProblem{PatchProblem::Kind::unreadable, "a FHIRPath Patch has operations", "Parameters.parameter"};
    return {};
}

}  // namespace gantry::fhir::r4
