// What an expression is evaluated in: where in the message, for which channel, and where its remarks go.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/effects/effects.hpp"
#include "engine/hl7/message.hpp"
#include "engine/hl7/path.hpp"
#include "mappings/language/document.hpp"
#include "mappings/language/mapping.hpp"

namespace gantry::mappings {

// A place in the message: `own` ends at the order group, `all` goes on to what stands before the first group.
// Inner places point at outer ones, which stay where they are while the inner ones live.
struct Place {
    hl7::Scope own, all;

    static Place of(const hl7::Scope& scope) { return {scope, scope}; }
    // Segments [begin, end), then what `this` sees.
    Place inside(std::size_t begin, std::size_t end) const {
        return {{own.message, begin, end, &own}, {all.message, begin, end, &all}};
    }
};

// What evaluation has to say besides values. One per message.
class Remarks {
  public:
    // expressions: of the document, to tell which were of use; 0: nobody asks.
    Remarks(const hl7::Message& message, bool coverage, std::size_t expressions = 0);

    // The packed id of every segment of the message.
    const std::vector<std::uint32_t>& segment_ids() const { return segment_ids_; }

    // The first failure stands. `raw` is the piece it speaks of; empty: `path` says where.
    void fail(ErrorCode code, std::string detail, std::string_view raw, std::string_view path);
    const std::optional<Error>& error() const { return error_; }

    void warn(std::string sentence);
    std::vector<std::string> take_warnings() { return std::exchange(warnings_, {}); }

    void unmapped(const std::string& table, std::string_view code);
    void read(std::string_view raw);  // for coverage
    bool coverage() const { return coverage_; }

    // The expression gave something: a value, or a piece of the message.
    void used(std::uint32_t expression) {
        if (!used_.empty() && !only_looking_) used_[expression] = true;
    }
    void used(const Table& table, std::size_t row);
    // While only_looking, what is found is read and nothing is of use.
    void only_looking(bool yes) { only_looking_ = yes; }
    void lost(effects::LostText text);

    // "OBR[2]-4": segment, its number among those of its id, field.
    std::string place_of(std::string_view raw) const;

    // Fields with a value that nothing read and that `ignores`, sorted, does not name.
    effects::Coverage report(const std::vector<FieldName>& ignores) const;
    // Of the document of that name.
    effects::Usage usage(const std::string& document) const;

  private:
    const hl7::Message& message_;
    std::vector<std::uint32_t> segment_ids_;
    bool coverage_;
    std::optional<Error> error_;
    std::vector<std::string> warnings_;
    std::vector<effects::UnmappedCode> unmapped_;
    std::vector<effects::LostText> lost_;
    std::vector<bool> read_;  // by place of the field
    std::vector<bool> used_;  // by expression; [0] is that of nothing
    std::vector<effects::Usage::Row> rows_;
    bool only_looking_ = false;
};

struct Value {
    using Says = effects::FieldChange::Says;
    Says says = Says::nothing;
    std::string text;
    std::string_view source;  // in the document
    std::string_view raw;     // in the message; for places
    bool fills = false;       // a default: only where the record has nothing
};

struct Notes;

struct Frame {
    const MappingContext& context;
    Remarks& remarks;
    Place place;
    std::string_view type, event;                  // MSH-9
    const effects::FieldChange* record = nullptr;  // what was made so far, for same_as
    const effects::FieldChange* order = nullptr;   // the order of a step
    bool may_create = true;                        // defaults apply
    Notes* notes = nullptr;                        // of the message; for sections
};

// The first thing a source finds. null_here: the field as a whole is "".
struct Found {
    hl7::Piece piece;
    bool null_here = false;
};
Found find(const Source& source, const Frame& frame);
// empty_too: what is empty as well, for lines of text.
std::vector<hl7::Piece> find_all(const Source& source, const Frame& frame, bool empty_too = false);

// The row for the codes, as Table::find; it counts as used.
std::optional<std::size_t> look_up(const Table& table, std::span<const std::string_view> codes, Remarks& remarks);

Value evaluate(const Node& node, Frame& frame);
bool holds(const Condition& condition, Frame& frame);

// Parts of evaluate() with a file of their own.
Value evaluate_quantity(const Node& node, Frame& frame);
Value evaluate_most_urgent(const Node& node, Frame& frame);
Value evaluate_ae_titles(const Node& node, Frame& frame);

// The text of a piece, read as `node.read` says. Empty: it has none that can be used; a warning was given when it had
// something.
std::string read_piece(const hl7::Piece& piece, const Node& node, Frame& frame);

// Evaluates `rule` and writes it into `record` after checking it against the field table.
void apply(const FieldRule& rule, Frame& frame, effects::FieldChange& into);

}  // namespace gantry::mappings
