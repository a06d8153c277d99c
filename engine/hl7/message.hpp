// A zero-copy HL7 v2 message: an index over one buffer (HL7 v2.9 chapter 2.5-2.7). Nothing is unescaped or copied until a
// value is asked for.
//
//   Message owns its bytes and index; Segment, Field, … are views into it and never outlive it. Taking a view of a
//   temporary Message does not compile (deleted rvalue overloads; tests/compile_fail proves it).
//
// Numbering is HL7's: fields, repetitions, components and subcomponents count from 1. MSH-1 is the field separator itself,
// MSH-2 the encoding characters. What is absent reads as empty; nothing here throws.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace gantry::hl7 {

// MSH-1 and MSH-2. 0 means the sender declared none (as with '#', truncation, before v2.7).
struct Delimiters {
    char field = '|', component = '^', repetition = '~', escape = '\\', subcomponent = '&', truncation = 0;
    bool operator==(const Delimiters&) const = default;
};

struct Limits {
    std::size_t bytes = 16u << 20;
    std::size_t segments = 100'000;
    std::size_t fields = 2'000'000;  // of the whole message
};

class Message;

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
    Piece repetition(std::size_t n) const;    // of a field
    Piece component(std::size_t n) const;     // of a repetition; of a field: of its first repetition
    Piece subcomponent(std::size_t n) const;  // of a component; of a repetition: of its first component

  private:
    std::string_view raw_;
    const Delimiters* delimiters_ = nullptr;
};

class Segment {
  public:
    Segment() = default;
    std::string_view id() const;   // "PID"; empty for the segment that is not there
    explicit operator bool() const { return message_ != nullptr; }
    Piece field(std::size_t n) const;
    std::size_t fields() const;    // number of the last field present
    std::string_view raw() const;
    std::size_t index() const { return index_; }  // position in the message, from 0

  private:
    friend class Message;
    Segment(const Message* message, std::size_t index) : message_(message), index_(index) {}
    const Message* message_ = nullptr;
    std::size_t index_ = 0;
};

class Message {
  public:
    // bytes: the message without MLLP framing; a UTF-8 BOM is skipped; segments end with CR, LF or CRLF, empty lines are
    // skipped. The bytes are kept as they came (see decode.hpp for character sets). Errors: hl7_not_hl7,
    // hl7_bad_delimiters, hl7_too_many, net_too_large.
    static Result<Message> parse(std::string bytes, const Limits& limits = {});

    Message(Message&&) noexcept = default;
    Message& operator=(Message&&) noexcept = default;

    const Delimiters& delimiters() const& { return *delimiters_; }
    const Delimiters& delimiters() const&& = delete;

    std::size_t segments() const { return segments_.size(); }
    Segment segment(std::size_t index) const&;
    Segment segment(std::size_t index) const&& = delete;
    // The nth (from 1) segment of that id, or none.
    Segment segment(std::string_view id, std::size_t n = 1) const&;
    Segment segment(std::string_view id, std::size_t n = 1) const&& = delete;
    Segment msh() const& { return segment(0); }
    Segment msh() const&& = delete;

    std::string_view bytes() const& { return *bytes_; }
    std::string_view bytes() const&& = delete;

    // MSH-9.1 and MSH-9.2, e.g. "ORM", "O01".
    std::string_view type() const&;
    std::string_view event() const&;

  private:
    friend class Segment;
    friend class Indexer;
    // One segment: where it lies, and which entries of fields_ are its field starts.
    struct Span {
        std::uint32_t begin, end, first_field, field_count;
    };
    Message() = default;
    std::unique_ptr<const std::string> bytes_;  // behind a pointer: moving the Message does not move what views see
    std::unique_ptr<const Delimiters> delimiters_;
    std::vector<Span> segments_;
    std::vector<std::uint32_t> fields_;  // offset of every field separator, in order
};

}  // namespace gantry::hl7
