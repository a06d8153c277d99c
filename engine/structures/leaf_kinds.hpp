// What stands in a field, as far as persons are concerned: decided by the data type that its version of HL7 gives it,
// and for the components of a data type by their own.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/structures/definitions.hpp"

namespace gantry::structures {

enum class LeafKind : std::uint8_t {
    kept,        // codes, flags, authorities: says nothing about one person
    number,      // a measured or counted value
    person,      // a name, an address, a telephone number, whatever else belongs to a person
    affix,       // "Jr", "Dr": kept when it is as short as that
    identifier,  // of a person, an order, a document, a message
    date,
    text,         // anything that somebody wrote
    code,         // of a coded element
    description,  // of a coded element
    data,         // an enclosed document
    unknown       // nobody says what it is
};

// A field, a component or a subcomponent: a data type with components of its own, or a leaf.
struct Place {
    LeafKind kind = LeafKind::unknown;
    std::string_view type;  // of its components; empty: they all are as the place itself
};

class LeafKinds {
  public:
    explicit LeafKinds(const Version& version) : version_(version) {}

    // value_type: OBX-2, where a field's type is given by another.
    Place field(std::string_view segment, std::size_t n, std::string_view value_type) const;
    // Component n, from 1, of a data type.
    Place component(std::string_view type, std::size_t n) const;

  private:
    Place of_element(const Element& element, bool of_person) const;
    Place of_type(std::string_view type, unsigned table, bool of_person) const;
    std::optional<Element> find_field(std::string_view segment, std::size_t n) const;
    std::optional<DataType> find_type(std::string_view type) const;

    Version version_;
};

// CE, CWE and their kind: what the components mean depends on which of them are there.
bool is_coded_element(std::string_view type);

}  // namespace gantry::structures
