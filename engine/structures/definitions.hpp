// What HL7 v2.1 to v2.8 say about themselves: segments and their fields, data types and their components, message
// structures and their groups, tables. Everything here is a view into constant data of the program: cheap to copy,
// valid for ever, and shared by any number of threads. Where the data come from: mappings/structures/README.md.
//
// Numbering is HL7's, from 1. What is not defined is an empty optional; nothing here allocates or throws.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace gantry::structures {

namespace rows {
struct Element;
struct Composite;
struct Node;
struct Structure;
struct Version;
struct Table;
struct Value;
}  // namespace rows

// HL7 v2.9 2.12.5.1 and conformance chapter 2B: what a sender may leave out.
enum class Usage : char {
    required = 'R',
    required_or_empty = 'E',  // of profiles; no version itself says it
    optional = 'O',
    conditional = 'C',
    backward = 'B',  // kept for older versions
    withdrawn = 'W',
    not_supported = 'X'
};
std::string_view to_text(Usage usage);  // "R", "RE", …

// A field of a segment or a component of a data type.
struct Element {
    std::string_view name, type;  // type: a data type's id, "Varies" where another field says it
    Usage usage = Usage::optional;
    std::size_t repetitions = 1;  // at most; 0: any number
    std::size_t length = 0;       // at most, in characters; 0: none stated
    unsigned table = 0;           // 0: none
};

// Elements by number.
class Elements {
  public:
    Elements() = default;
    explicit Elements(std::span<const rows::Element> rows) : rows_(rows) {}
    std::size_t size() const { return rows_.size(); }
    std::optional<Element> at(std::size_t n) const;  // from 1

  private:
    std::span<const rows::Element> rows_;
};

struct Segment {
    std::string_view id, name;
    Elements fields;
};

struct DataType {
    std::string_view id, name;
    Elements components;  // none: primitive, or "Varies"
    bool primitive() const { return components.size() == 0; }
};

// A place in a message structure.
struct Node {
    enum class Kind : char { segment = 's', group = 'g', choice = 'c' };
    std::string_view name;  // segment id or name of the group
    Kind kind = Kind::segment;
    std::size_t min = 1, max = 1;  // max 0: any number
    std::size_t end = 0;           // the node after it and all below it
    std::size_t parent = 0;
};

// The tree of one message structure in pre-order: node 0 is the message, its first child node 1, the next child after n
// is node(n).end.
class Structure {
  public:
    explicit Structure(const rows::Structure& row) : row_(&row) {}
    std::string_view id() const;    // "ORM_O01"
    std::string_view name() const;  // "Order message"
    std::size_t size() const;
    Node node(std::size_t n) const;               // n < size()
    bool has_segment(std::string_view id) const;  // anywhere

    bool operator==(const Structure&) const = default;

  private:
    const rows::Structure* row_;
};

// What table 0354 says of one event.
struct Event {
    std::string_view key;  // "ORM^O01"
    Structure structure;
};

class Version {
  public:
    explicit Version(const rows::Version& row) : row_(&row) {}
    // The version itself; of one that is not here the newest that is not newer, or the oldest: "2.3.2" reads as 2.3.1,
    // "2.9" as 2.8. What is no version at all reads as 2.5.1.
    static Version nearest(std::string_view text);
    static std::size_t count();
    static Version at(std::size_t n);  // oldest first, from 0; n < count()

    std::string_view text() const;
    std::optional<Segment> segment(std::string_view id) const;
    std::optional<DataType> type(std::string_view id) const;
    std::optional<Structure> structure(std::string_view id) const;
    // By MSH-9: table 0354's structure of the event; else MSH-9.3, else the type alone, where this version has them.
    std::optional<Structure> message(std::string_view type, std::string_view event,
                                     std::string_view structure = {}) const;

    // All of them, sorted, from 0.
    std::size_t segments() const;
    Segment segment_at(std::size_t n) const;
    std::size_t structures() const;
    Structure structure_at(std::size_t n) const;
    std::size_t events() const;
    Event event_at(std::size_t n) const;

    bool operator==(const Version&) const = default;

  private:
    const rows::Version* row_;
};

// The structure of a message, and the version that has it: the given one, else the nearest newer, else the nearest
// older (senders keep the version of their first interface: OMI^O23 in 2.3.1, ORM^O01 in 2.8).
struct FoundStructure {
    Structure structure;
    Version version;
};
std::optional<FoundStructure> find_structure(const Version& version, std::string_view type, std::string_view event,
                                             std::string_view structure = {});

// A table that HL7 published values for, over all versions.
class Table {
  public:
    explicit Table(const rows::Table& row) : row_(&row) {}
    static std::optional<Table> find(unsigned number);
    unsigned number() const;
    std::string_view name() const;
    bool hl7_defined() const;  // else user-defined: the values are suggestions
    // HL7 defines them and nobody may add to them: a value that is not there is an error.
    bool closed() const;
    std::optional<std::string_view> meaning(std::string_view code) const;
    std::size_t size() const;
    std::string_view code(std::size_t n) const;  // from 0; n < size()

  private:
    const rows::Table* row_;
};

}  // namespace gantry::structures
