// What FHIR R4 says about itself: resource types, data types and their elements, the codes of closed value sets, search
// parameters. Everything here is a view into constant data of the program: cheap to copy, valid for ever, and shared by
// any number of threads. Where the data come from: fhir/definitions/README.md. Nothing here allocates or throws.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fhir/json/primitives.hpp"

namespace gantry::fhir::r4 {

namespace rows {
struct Element;
struct Type;
struct ValueSet;
struct SearchParameter;
}  // namespace rows

class ElementDefinition;

// A resource type ("Patient"), a data type ("HumanName"), a part of one ("Patient.contact") or a primitive ("string").
class Type {
  public:
    explicit Type(const rows::Type& row) : row_(&row) {}
    static std::optional<Type> find(std::string_view name);
    // All of them, sorted by name, from 0.
    static std::size_t count();
    static Type at(std::size_t n);

    std::string_view name() const;
    bool is_resource() const;  // one that can be instantiated
    bool is_abstract() const;  // Resource, DomainResource, Element, BackboneElement
    bool is_primitive() const { return primitive() != Primitive::none; }
    Primitive primitive() const;
    Type base() const;  // of Element and Resource: themselves
    bool is_a(std::string_view name) const;

    // In the order of the specification, from 0; each type of a choice is one of its own. A primitive has id and
    // extension.
    std::size_t elements() const;
    ElementDefinition element_at(std::size_t n) const;
    // By its name in JSON: "valueQuantity", not "value[x]".
    std::optional<ElementDefinition> element(std::string_view name) const;
    // The same, or as FHIRPath calls it: of a choice the first of its types.
    std::optional<ElementDefinition> child(std::string_view name) const;

    const rows::Type& row() const { return *row_; }
    bool operator==(const Type&) const = default;

  private:
    const rows::Type* row_;
};

// A closed list of codes that a required binding names.
class Codes {
  public:
    explicit Codes(const rows::ValueSet& row) : row_(&row) {}
    std::string_view name() const;  // "administrative-gender"
    bool contains(std::string_view code) const;
    bool contains(std::string_view system, std::string_view code) const;
    std::size_t size() const;
    std::string_view code(std::size_t n) const;    // from 0; n < size()
    std::string_view system(std::size_t n) const;  // likewise

  private:
    const rows::ValueSet* row_;
};

// One element of a type.
class ElementDefinition {
  public:
    ElementDefinition(const rows::Element& row, const rows::Type& owner) : row_(&row), owner_(&owner) {}

    std::string_view name() const;  // "valueQuantity"
    std::string_view stem() const;  // "value": what FHIRPath and _elements call it
    Type type() const;              // SimpleQuantity where R4 says so
    bool is_choice() const;
    bool required() const;  // of a choice: one of its types
    bool repeats() const;
    bool in_summary() const;
    bool is_modifier() const;
    bool is_xml_attribute() const;
    std::optional<Codes> codes() const;  // none: open, or too many to list
    // What a Reference or canonical may refer to; none: anything.
    std::size_t targets() const;
    Type target(std::size_t n) const;

    const rows::Element& row() const { return *row_; }

  private:
    const rows::Element* row_;
    const rows::Type* owner_;
};

// A search parameter of R4 as it is published.
class SearchParameter {
  public:
    explicit SearchParameter(const rows::SearchParameter& row) : row_(&row) {}
    // Those of one type, of Resource or DomainResource, sorted by code; from 0.
    static std::size_t count(std::string_view type);
    static SearchParameter at(std::string_view type, std::size_t n);
    static std::optional<SearchParameter> find(std::string_view type, std::string_view code);

    std::string_view code() const;         // "based-on"
    std::string_view type() const;         // "reference", "token", …
    std::string_view expression() const;   // FHIRPath, of this type alone
    std::string_view comparators() const;  // "eq,ne,…" or empty
    std::string_view url() const;
    std::size_t targets() const;
    Type target(std::size_t n) const;

  private:
    const rows::SearchParameter* row_;
};

}  // namespace gantry::fhir::r4
