// The definitions of R4 as they lie in the program: arrays of rows that name each other by index and text by its place
// in one pool. No pointers, so nothing is relocated or read at start. The compiler (compiler/compile_definitions.cpp)
// writes them from fhir/definitions/*.json while the engine is built. Private to this room.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "fhir/json/primitives.hpp"

namespace gantry::fhir::r4::rows {

struct Text {
    std::uint32_t at, size;
};

struct Range {
    std::uint32_t first, count;
};

// An element of a type under the name it has in JSON: each type of a choice ("value[x]") is a row of its own.
struct Element {
    Text name;            // "valueQuantity"
    std::uint16_t slot;   // which of the type's slots it fills
    std::uint16_t type;   // index in types
    std::uint16_t codes;  // index in value_sets + 1; 0: no closed list is bound
    std::uint16_t flags;  // Flag
    Range targets;        // indices in types (by `targets`): what a reference may refer to
};

enum Flag : std::uint16_t { summary = 1, modifier = 2, xml_attribute = 4, repeats = 8, choice = 16 };

// What the specification lists as one element; a choice is one of them.
struct Slot {
    Text name;  // "value"
    std::uint16_t required, repeats;
};

struct Type {
    Text name;  // "ImagingStudy", "ImagingStudy.series", "string"
    char kind;  // 'r' resource, 'c' complex, 'p' part of another, 'v' primitive, 'a' abstract
    Primitive primitive;
    std::uint16_t base;
    Range elements;  // inherited ones first, in the order of the specification
    Range sorted;    // the same by name: 16-bit offsets in elements
    Range slots;
};

struct Code {
    Text code, system;
};

struct ValueSet {
    Text name;
    Range codes;  // sorted by code, then system
};

struct SearchParameter {
    Text code, type, expression;
    Range targets;
    Text comparators, url;
};

struct SearchBase {
    Text type;
    Range parameters;  // sorted by code
};

struct Index {
    std::uint16_t value;
};

extern const char pool[];
extern const std::span<const Element> elements;
extern const std::span<const Index> sorted, targets;
extern const std::span<const Slot> slots;
extern const std::span<const Type> types;  // sorted by name
extern const std::span<const Code> codes;
extern const std::span<const ValueSet> value_sets;  // sorted by name
extern const std::span<const SearchParameter> search_parameters;
extern const std::span<const SearchBase> search_bases;  // sorted by type

inline std::string_view text(const Text& at) {
    return {pool + at.at, at.size};
}
template <class Row>
std::span<const Row> part(std::span<const Row> all, const Range& range) {
    return all.subspan(range.first, range.count);
}

}  // namespace gantry::fhir::r4::rows
