// What a script sees of one message and what it may do about it. Made by the evaluation for one run; a script has
// nothing else.
#pragma once
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/language/frame.hpp"
#include "mappings/language/message_part.hpp"

namespace gantry::mappings {

// The part of a message a path looks into: all of it, the group of an order or of its step, one segment.
struct ScriptPart {
    enum class Of : std::uint8_t { message, order, step, segment };
    Of of = Of::message;
    std::uint32_t index = 0, step = 0;
};

// A record of the effects.
struct ScriptRecord {
    enum class Of : std::uint8_t { patient, order, step, schedule, item, every };
    Of of = Of::patient;
    std::uint32_t index = 0, step = 0;
};
effects::RecordKind kind_of(ScriptRecord::Of of);  // whose field table it has

class ScriptView {
  public:
    ScriptView(const Document& document, Frame& frame, Instant received, effects::Effects& effects)
        : document_(document), frame_(frame), received_(received), effects_(effects) {}

    // A path and how it is read. Independent of any message. Error: config_bad_path.
    static Result<Node> compile(std::string_view path, Read read);

    // As a field of the document would be: nothing, cleared by "", or a text. Remembered for coverage.
    Value value(const Node& node, ScriptPart part) const;
    std::vector<Value> values(const Node& node, ScriptPart part) const;  // of every repetition that says something
    // The first segment of that id (packed; 0: any) of the part from that index on; none: segments().
    std::size_t next_segment(ScriptPart part, std::uint32_t id, std::size_t from) const;
    std::size_t segments() const { return frame_.remarks.segment_ids().size(); }
    std::string_view segment_id(std::size_t index) const;
    // "OBR[2]": what people call that segment.
    std::string segment_place(std::size_t index) const;

    std::string_view type() const { return frame_.type; }
    std::string_view event() const { return frame_.event; }
    std::string control_id() const;
    const std::string& channel() const { return frame_.context.channel; }
    LocalTime received() const;  // at the site

    effects::Effects& effects() const { return effects_; }
    // Null: the effects have no such record.
    effects::FieldChange* fields(ScriptRecord record) const;
    // The script's word about one field: checked by the caller. Numbers that stand beside the fields follow.
    void set(ScriptRecord record, std::size_t field, effects::FieldChange change);

    void unmapped(const Table& table, std::string_view code) const { frame_.remarks.unmapped(table.name(), code); }
    void warn(std::string sentence) { frame_.remarks.warn(std::move(sentence)); }
    bool tracing() const { return frame_.context.trace; }
    void trace(std::string line) { effects_.trace.push_back(std::move(line)); }
    // Ends of a script; nothing of what it made stands.
    void refuse(ErrorCode code, std::string detail, std::string_view path);
    void filter(std::string rule);

  private:
    Frame frame_of(ScriptPart part, MessagePart& storage, bool own) const;
    bool is_own(const Node& node) const;

    const Document& document_;
    Frame& frame_;
    Instant received_;
    effects::Effects& effects_;
};

}  // namespace gantry::mappings
