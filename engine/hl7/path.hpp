// Paths into a message, as analysts write them:
//
//   PID-5.1          field 5, first repetition, component 1         PID-5.1.2    … subcomponent 2
//   PID-3[2].1       second repetition                              PID-3[*]     every repetition
//   PID-3[type=MR].1 the first repetition whose component "type" (CX.5) is MR; also [5=MR] by number
//   OBR[2]-4.1       second OBR of the scope                        OBX[3.1=8302-2]-5   the first OBX whose OBX-3.1 is that
//
// A path is resolved within a Scope: a run of segments (the whole message, or a group such as one ORC with its OBR, TQ1,
// IPC, NTE). Segments outside the group are found too when the scope says so (PID from within an order group).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/hl7/message.hpp"

namespace gantry::hl7 {

// A run of segments [begin, end) of a message; `outer` (may be null) is looked into when the run has no such segment.
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
    std::size_t field() const { return field_; }
    std::size_t component() const { return component_; }        // 0: the whole repetition
    std::size_t subcomponent() const { return subcomponent_; }  // 0: the whole component
    bool every_repetition() const { return every_; }

    // The first match, or an empty piece.
    Piece find(const Scope& scope) const;
    // All repetitions (of every matching segment when the segment has no index).
    std::vector<Piece> find_all(const Scope& scope) const;

  private:
    struct Condition {
        std::size_t field = 0, component = 1;
        std::string value;
    };
    std::string text_, segment_;
    std::size_t segment_index_ = 1;             // 0: every one
    std::optional<Condition> segment_condition_;
    std::size_t field_ = 0, repetition_ = 1, component_ = 0, subcomponent_ = 0;
    std::optional<Condition> repetition_condition_;
    bool every_ = false;
};

// The groups of a message that start with `first` ("ORC"): each runs to the next segment of that id or the end of the
// scope. Segments before the first one belong to none.
std::vector<Scope> groups(const Scope& scope, std::string_view first);

}  // namespace gantry::hl7
