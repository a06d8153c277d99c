// The definitions as they lie in the program: arrays of rows that name each other by index and text by its offset in
// one pool. No pointers, so nothing is relocated or read at start, and only what is used becomes resident. The compiler
// (compiler/compile_structures.cpp) writes them from mappings/structures/*.json while the engine is built; equal runs
// of rows are shared between versions. Private to this room.
#pragma once
#include <cstdint>
#include <span>

namespace gantry::structures::rows {

using Text = std::uint32_t;  // offset of a NUL-terminated string in the pool

struct Range {
    std::uint32_t first, count;
};

// A field of a segment or a component of a data type.
struct Element {
    Text name, type;
    std::uint16_t length, table;  // 0: none stated
    std::uint8_t repetitions;     // 0: any number
    char usage;
};

// A segment with its fields or a data type with its components.
struct Composite {
    Text id, name;
    Range elements;
};

// Structure trees in pre-order: the children of node n follow it, up to `end`. Indices count from the root, node 0.
struct Node {
    Text name;
    std::uint16_t end, parent;
    char kind;              // 's' segment, 'g' group, 'c' choice: one of its children
    std::uint8_t min, max;  // max 0: any number
};

struct Structure {
    Text id, name;
    Range nodes;
};

// "ORM^O01" and the structure it has.
struct Event {
    Text key;
    std::uint32_t structure;  // index in all structures
};

struct Version {
    Text text;
    Range segments, types, structures, events;  // each sorted by id
};

struct Value {
    Text code, meaning;
};

struct Table {
    std::uint16_t number;
    bool hl7_defined;
    Text name;
    Range values;  // sorted by code
};

extern const char pool[];
extern const std::span<const Element> elements;
extern const std::span<const Composite> segments, types;
extern const std::span<const Node> nodes;
extern const std::span<const Structure> structures;
extern const std::span<const Event> events;
extern const std::span<const Version> versions;  // oldest first
extern const std::span<const Value> values;
extern const std::span<const Table> tables;  // by number

}  // namespace gantry::structures::rows
