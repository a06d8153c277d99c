// Operational events: what operators see. One struct per event emits log line and metric together.
//
// Patient data cannot be put into an event by type: an event's values are numbers, literals, catalogue codes, names
// from the configuration (ConfigName), names of message fields (FieldName) and network addresses (Peer). There is no
// way in for a std::string read from a message. Levels are defined by what the operator must do: error = act now,
// warning = look today, info = nothing, debug = off.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "engine/base/error.hpp"
#include "engine/base/field_name.hpp"

namespace gantry {

// A name that an analyst wrote into the configuration: a channel, a destination, an AE title, a port. Made only by the
// code that reads configuration.
class ConfigName {
  public:
    ConfigName() = default;
    explicit ConfigName(std::string text) : text_(std::move(text)) {}
    const std::string& text() const { return text_; }
    auto operator<=>(const ConfigName&) const = default;

  private:
    std::string text_;
};

// A network address as the socket gave it, "127.0.0.1:40312".
class Peer {
  public:
    Peer() = default;
    explicit Peer(std::string address) : address_(std::move(address)) {}
    const std::string& text() const { return address_; }

  private:
    std::string address_;
};

namespace events {

enum class Level : std::uint8_t { debug, info, warning, error };

class Literal {
  public:
    template <std::size_t N>
    consteval Literal(const char (&text)[N]) : text_(text, N - 1) {}
    std::string_view text() const { return text_; }

  private:
    std::string_view text_;
};

using Value = std::variant<std::int64_t, double, Literal, ErrorCode, ConfigName, FieldName, Peer>;

struct Field {
    Literal key;
    Value value;
};

// What a sink sees of any event. Valid during the call only.
struct View {
    Literal name;  // "message_committed"; the counter gantry_<name>_total has the same name
    Level level;
    Literal sentence;
    const Field* begin;
    const Field* end;
};

class Sink {
  public:
    virtual ~Sink() = default;
    // Any thread; must not block or throw.
    virtual void emit(const View& event) noexcept = 0;
};

// Discards everything; for pure code under test and for dry runs.
Sink& nowhere();

inline void emit(Sink& sink, Literal name, Level level, Literal sentence, std::initializer_list<Field> fields = {}) {
    sink.emit({name, level, sentence, fields.begin(), fields.end()});
}

std::string to_text(const Value& value);

}  // namespace events
}  // namespace gantry
