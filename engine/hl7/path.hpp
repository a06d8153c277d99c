// Paths into a message, as analysts write them:
//
//   PID-5.1          field 5, first repetition, component 1         PID-5.1.2    … subcomponent 2
//   PID-3[2].1       second repetition                              PID-3[*]     every repetition
//   PID-3[type=MR].1 the first repetition whose component "type" (CX.5) is MR; also [5=MR] by number
//   OBR[2]-4.1       second OBR of the scope                        OBX[3.1=8302-2]-5   the first OBX whose OBX-3.1 is
//   that
//
//   OBX[*]-5         every OBX (as without an index)
//
// Names in a condition: id, authority, type and use; they stand for the component that holds them in the data type of
// the field (CX unless the field is known to be XPN, XCN, XAD or XTN).
//
// A path is resolved within a Scope: a run of segments (the whole message, or a group such as one ORC with its OBR,
// TQ1, IPC, NTE). Segments outside the group are found too when the scope says so (PID from within an order group).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/hl7/message.hpp"

namespace gantry::hl7 {

// A run of segments [begin, end) of a message; `outer` (may be null) is looked into when the run has no such segment.
// NTE is not looked for outside: a note belongs to what it follows. The message and outer must outlive the scope.
struct Scope {
    const Message* message = nullptr;
    std::size_t begin = 0, end = 0;
    const Scope* outer = nullptr;
};
Scope whole(const Message& message);
Scope whole(Message&&) = delete;

class Path {
  public:
    // Error: config_bad_path, detail says which part cannot be understood.
    static Result<Path> parse(std::string_view text);

    const std::string& text() const { return text_; }
    const std::string& segment() const { return segment_; }
    std::size_t segment_index() const { return segment_index_; }  // 0: not said, or every one
    std::size_t field() const { return field_; }
    std::size_t repetition() const { return repetition_; }      // 0: not said, or by a condition
    std::size_t component() const { return component_; }        // 0: the whole repetition
    std::size_t subcomponent() const { return subcomponent_; }  // 0: the whole component
    bool every_repetition() const { return every_; }
    // Without conditions, index of the segment, or [*]: where something can be written in a segment of that kind.
    bool names_one_place() const {
        return segment_index_ == 0 && !segment_condition_ && !repetition_condition_ && !every_;
    }

    // The first match, or an empty piece. Without an index or condition the first segment and the first repetition are
    // taken, valued or not; conditions are tried in every segment the path can mean.
    Piece find(const Scope& scope) const;
    // All repetitions that are not empty (of every matching segment when the segment has no index); only the one asked
    // for when the path names one.
    std::vector<Piece> find_all(const Scope& scope) const;

  private:
    friend class PathReader;
    // Holds when the first subcomponent of that component is the value.
    struct Condition {
        std::size_t field = 0, component = 1;
        std::string value;
        bool holds(const Piece& repetition) const;
    };
    std::vector<Segment> segments_in(const Scope& scope, bool first_only) const;
    void collect(const Segment& segment, bool first_only, std::vector<Piece>& out) const;
    std::vector<Piece> matches(const Scope& scope, bool first_only) const;
    Piece narrowed(const Piece& repetition) const;

    std::string text_, segment_;
    std::size_t segment_index_ = 0;  // 0: every one
    std::optional<Condition> segment_condition_;
    std::size_t field_ = 0, repetition_ = 0 /* 0: not said */, component_ = 0, subcomponent_ = 0;
    std::optional<Condition> repetition_condition_;
    bool every_ = false;
};

// The groups of a message that start with `first` ("ORC"): each runs to the next segment of that id or the end of the
// scope. Segments before the first one belong to none. Their outer is that of the scope; give them one that holds the
// head, and the groups see PID and PV1 but not each other:
//
//   const auto all = whole(message), common = head(all, "ORC");
//   for (auto& group : groups(all, "ORC")) group.outer = &common;
std::vector<Scope> groups(const Scope& scope, std::string_view first);

// The segments before the first `first` (all of them when there is none).
Scope head(const Scope& scope, std::string_view first);

}  // namespace gantry::hl7
