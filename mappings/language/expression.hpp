// A compiled expression: what the right side of "field": … became. Names are resolved (tables, columns, fields, paths
// are parsed), so that evaluation never sees the document again. Immutable; any thread.
#pragma once
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/hl7/path.hpp"
#include "engine/text/pattern.hpp"
#include "mappings/language/table.hpp"

namespace gantry::mappings {

// How the piece that a path finds becomes text. The target field's type decides, or a function that says it.
enum class Read : std::uint8_t {
    text,        // the first component and subcomponent, trimmed
    whole,       // everything as it stands, delimiters included (free text that was not escaped)
    coded,       // CE, CWE: the text, else the original text, else the code
    parts,       // chosen components, joined
    xpn,         // a name without id: to DICOM PN
    other_xpn,   // the same, one repetition among several
    xcn,         // a name with id
    cnn,         // OBR-32 to 35: CNN (id&family&given) or XCN
    phone,       // XTN
    birth_date,  // of a DTM: YYYYMMDD as it was sent, whatever its offset
    date,        // of a DTM: YYYYMMDD
    time,        // of a DTM: HHMMSS or HHMM
    moment,      // of a DTM: local wall clock of the site
};

// A segment id as a number, so that looking for segments compares numbers. 0: not three characters.
constexpr std::uint32_t packed_id(std::string_view id) {
    if (id.size() != 3) return 0;
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(id[i])); };
    return byte(0) << 16 | byte(1) << 8 | byte(2);
}

// A path as the document wrote it.
struct Source {
    hl7::Path path;
    std::uint32_t id = 0;            // its place among Document::expressions, from 1; 0: none
    std::uint32_t segment = 0;       // packed
    std::optional<hl7::Path> whole;  // the same repetition without component: "" there clears every component
    bool plain = false;              // no brackets: found without the general machinery
    bool all_repetitions = false;    // the reader takes the whole field (names in several scripts)
    bool own = false;                // only segments of the order group count, not those before the first one
};

Source source_of(hl7::Path path);
// Whether a name is XPN, XCN or CNN there.
Read name_read(const hl7::Path& path);

struct Condition;

struct Node {
    enum class Op : std::uint8_t {
        constant,
        path,
        first,
        table,
        join,
        concat,
        match,
        replace,
        split,
        when,
        quantity,
        most_urgent,
        ae_titles,
        same_as,
        channel,
        allowed,
        fallback
    };
    enum class Miss : std::uint8_t { reject, pass, empty };
    enum class Setting : std::uint8_t {
        accession,
        accession_issuer,
        placer_namespace,
        default_authority,
        modality_reading,
        name
    };

    Op op = Op::constant;
    Read read = Read::text;
    std::uint32_t id = 0;  // as of a source; of a path that of its source
    std::string
        text;  // constant: its value; join, concat: what stands between; quantity: which; else the source to show
    std::string separator;  // Read::parts, split; match and replace: what is written for what was found
    std::optional<Source> source;
    std::vector<std::size_t> components;  // Read::parts
    std::vector<Node> children;           // when: then, else; quantity: none
    std::vector<Condition> condition;     // when: exactly one
    const Table* table = nullptr;
    std::size_t column = 0;
    Miss miss = Miss::empty;
    std::size_t number = 0;  // join: repetitions to skip; same_as: index of the field
    bool of_order = false;   // same_as within a step: a field of its order
    Setting setting = Setting::name;
    std::int64_t piece = 0;                                       // split: from 1; from the end: from -1
    std::shared_ptr<const text::Pattern> pattern;                 // match, replace
    double least = 0, most = std::numeric_limits<double>::max();  // quantity
};

struct Condition {
    enum class Op : std::uint8_t { in, matches, exists, negation, all, any, event };
    Op op = Op::exists;
    std::vector<Node> operand;        // in, matches, exists: exactly one
    std::vector<std::string> values;  // in, event
    std::shared_ptr<const text::Pattern> pattern;
    std::vector<Condition> parts;  // negation: one; all, any
};

}  // namespace gantry::mappings
