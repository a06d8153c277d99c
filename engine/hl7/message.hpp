// A zero-copy HL7 v2 message: an index over one buffer (HL7 v2.9 chapter 2.5-2.7). Nothing is unescaped or copied until
// a value is asked for.
//
//   Message owns its bytes and index; Segment, Field, … are views into it and never outlive it. Taking a view of a
//   temporary Message does not compile (deleted rvalue overloads; tests/compile_fail proves it).
//
// Numbering is HL7's: fields, repetitions, components and subcomponents count from 1. MSH-1 is the field separator
// itself, MSH-2 the encoding characters. What is absent reads as empty; nothing here throws.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/hl7/delimiters.hpp"

namespace gantry::hl7 {

struct Limits {
    std::size_t bytes = 16u << 20;
    std::size_t segments = 100'000;
    std::size_t fields = 2'000'000;  // of the whole message
};

struct MessageBody;  // the bytes and their index

// One subcomponent, component, repetition or field as it stands in the buffer, delimiters and escapes included.
class Piece {
  public:
    Piece() = default;
    Piece(std::string_view raw, const Delimiters* delimiters) : raw_(raw), delimiters_(delimiters) {}

    std::string_view raw() const { return raw_; }
    bool empty() const { return raw_.empty(); }
    bool is_null() const { return raw_ == "\"\""; }  // HL7 null: delete the value
    bool valued() const { return !raw_.empty() && !is_null(); }
    // Escapes resolved (2.7). \.br\ and its kind become "\n"; \H\ \N\ vanish; unknown ones are kept as they are.
    std::string text() const;

    std::size_t repetitions() const;
    std::vector<Piece> each_repetition() const;  // none of an empty field
    Piece repetition(std::size_t n) const;       // of a field
    Piece component(std::size_t n) const;        // of a repetition; of a field: of its first repetition
    // Everything from the nth component on, whatever it holds: text that was not escaped.
    Piece from_component(std::size_t n) const;
    Piece subcomponent(std::size_t n) const;  // of a component; of a repetition: of its first component

  private:
    std::string_view raw_;
    const Delimiters* delimiters_ = nullptr;
};

class Segment {
  public:
    Segment() = default;
    std::string_view id() const;  // "PID"; empty for the segment that is not there
    explicit operator bool() const { return body_ != nullptr; }
    Piece field(std::size_t n) const;
    std::size_t fields() const;  // number of the last field present
    std::string_view raw() const;
    std::size_t index() const { return index_; }  // position in the message, from 0

  private:
    friend class Message;
    Segment(const MessageBody* body, std::size_t index) : body_(body), index_(index) {}
    const MessageBody* body_ = nullptr;
    std::size_t index_ = 0;
};

// Immutable after parse: any number of threads may read. Moving it does not move what its views see.
class Message {
  public:
    // bytes: the message without MLLP framing, in UTF-8 (decode.hpp); a BOM and blanks before MSH are skipped; segments
    // end with CR, LF or CRLF, empty lines are skipped. A batch (FHS, BHS) is not a message: see batch.hpp.
    // Errors: hl7_not_hl7, hl7_bad_delimiters, hl7_too_many, net_too_large.
    static Result<Message> parse(std::string bytes, const Limits& limits = {});

    Message(Message&&) noexcept;
    Message& operator=(Message&&) noexcept;
    ~Message();

    const Delimiters& delimiters() const&;
    const Delimiters& delimiters() const&& = delete;

    std::size_t segments() const;
    Segment segment(std::size_t index) const&;
    Segment segment(std::size_t index) const&& = delete;
    // The nth (from 1) segment of that id, or none.
    Segment segment(std::string_view id, std::size_t n = 1) const&;
    Segment segment(std::string_view id, std::size_t n = 1) const&& = delete;
    Segment msh() const& { return segment(0); }
    Segment msh() const&& = delete;

    // Every field of the message has a place of its own below field_places(): that of a piece which is not empty, or
    // of the nth (from 1) separated part of a segment. For whoever marks what was read.
    std::size_t field_places() const;
    std::size_t field_place(std::string_view piece) const;
    std::size_t field_place(std::size_t segment, std::size_t n) const;

    std::string_view bytes() const&;
    std::string_view bytes() const&& = delete;

    // MSH-9.1 and MSH-9.2, e.g. "ORM", "O01". Before v2.2 the event stood in EVN-1, and ORM had but one: they are taken
    // where MSH-9.2 is empty.
    std::string_view type() const&;
    std::string_view type() const&& = delete;
    std::string_view event() const&;
    std::string_view event() const&& = delete;

  private:
    explicit Message(std::unique_ptr<const MessageBody> body);
    std::unique_ptr<const MessageBody> body_;
};

}  // namespace gantry::hl7
