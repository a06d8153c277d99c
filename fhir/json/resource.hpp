// A resource as a tree of FHIR elements, the same whether it came as JSON, as XML or was built by the engine: a
// repetition is several elements of one name in order, a primitive has a value, an id and extensions. What a reader did
// not know is in the tree too, as the text it was, and is written back by the writer of the same format.
//
// The tree is one vector of nodes and one arena of text. Elements are handles into it: cheap, valid as long as the
// Resource lives (moving it keeps them valid), whatever is added. Reading from several threads is safe, changing is
// not.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/json/value.hpp"
#include "fhir/json/definitions.hpp"

namespace gantry::fhir::r4 {

class Tree;

// How the text of an element that no definition knows is to be read; `known`: it is one that R4 defines.
enum class Foreign : std::uint8_t { known, json, xml };

// A handle; the empty one answers every question with "nothing".
class Element {
  public:
    Element() = default;
    Element(const Tree& tree, std::uint32_t node) : tree_(&tree), node_(node) {}
    explicit operator bool() const { return tree_ != nullptr; }
    bool operator==(const Element&) const = default;

    std::string_view name() const;  // as in JSON: "valueQuantity"; of a resource that stands alone its type
    std::string_view stem() const;  // as in FHIRPath: "value"
    std::optional<ElementDefinition> definition() const;  // none: foreign, or the resource itself
    std::optional<Type> type() const;                     // of a resource inside: its own; none: foreign
    bool is(std::string_view type) const;                 // is of the type or one derived from it

    // The primitive's value as it was written, with its precision; of a foreign element its raw text.
    std::string_view value() const;
    bool has_value() const;
    ValueKind kind() const;
    Foreign foreign() const;

    Element parent() const;
    Element first() const;  // of its children, in the order they were read
    Element next() const;   // of its siblings

    // The first child of that name, by its name in JSON or as FHIRPath calls it ("value" finds "valueQuantity").
    Element operator[](std::string_view name) const;
    std::size_t count(std::string_view name) const;
    bool has(std::string_view name) const { return static_cast<bool>((*this)[name]); }
    // The next sibling of the same name.
    Element again() const;

    // The nearest resource around it; of a resource: itself.
    Element resource() const;
    // Where it began in the text that was read; 0:0 when it was built.
    json::Position position() const;
    // "ImagingStudy.series[0].modality.code": FHIRPath from the outermost resource. Of names that R4 does not know it
    // has 64 bytes at most.
    std::string path() const;

    const Tree& tree() const { return *tree_; }
    std::uint32_t node() const { return node_; }

  private:
    const Tree* tree_ = nullptr;
    std::uint32_t node_ = 0;
};

class Resource {
  public:
    // Precondition: the type is a resource and not abstract.
    explicit Resource(Type type);
    explicit Resource(std::unique_ptr<Tree> tree);
    Resource(Resource&&) noexcept;
    Resource& operator=(Resource&&) noexcept;
    ~Resource();
    Resource clone() const;

    Type type() const;
    std::string_view id() const;
    Element root() const;
    Element operator[](std::string_view name) const { return root()[name]; }

    // Building. Each returns the new element; the empty one when the parent's type has no such element. The order of
    // adding decides among repetitions only: writers follow the specification.
    Element add(Element parent, std::string_view name);
    Element add(Element parent, std::string_view name, std::string_view value);
    // A resource inside: DomainResource.contained, Bundle.entry.resource, Parameters.parameter.resource.
    Element add_resource(Element parent, std::string_view name, Type type);
    // A copy of all that is in `from`, which may belong to another resource but not hold `parent`.
    Element add_copy(Element parent, std::string_view name, Element from);
    void set_value(Element element, std::string_view value);
    // With all that is in it; handles to it are invalid. The root stays.
    void remove(Element element);
    // A resource inside as one of its own.
    static Resource extract(Element resource);

    const Tree& tree() const { return *tree_; }

  private:
    std::unique_ptr<Tree> tree_;
};

}  // namespace gantry::fhir::r4
