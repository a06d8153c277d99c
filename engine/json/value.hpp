// JSON with positions: an immutable tree that knows line and column of every value and key, so that a mistake in a
// configuration can be pointed at. RapidJSON reads; nothing of it is visible here. `//` and `/* */` comments and a BOM
// are accepted; duplicate keys are an error.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace gantry::json {

// 1-based; columns count bytes.
struct Position {
    std::uint32_t line = 0, column = 0;
    bool operator==(const Position&) const = default;
};

enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

struct Member;

class Value {
  public:
    Kind kind() const { return kind_; }
    bool is_object() const { return kind_ == Kind::object; }
    bool is_array() const { return kind_ == Kind::array; }
    bool is_string() const { return kind_ == Kind::string; }
    Position position() const { return position_; }

    // Each answers the empty value when the kind is another.
    const std::string& string() const { return text_; }
    bool boolean() const { return boolean_; }
    double number() const { return number_; }
    bool is_integer() const { return kind_ == Kind::number && integer_; }
    std::int64_t integer() const { return integral_; }  // when is_integer()
    const std::vector<Value>& items() const { return items_; }
    const std::vector<Member>& members() const { return members_; }
    const Value* find(std::string_view key) const;

  private:
    friend class TreeBuilder;
    Kind kind_ = Kind::null;
    bool boolean_ = false, integer_ = false;
    Position position_;
    double number_ = 0;
    std::int64_t integral_ = 0;
    std::string text_;
    std::vector<Value> items_;
    std::vector<Member> members_;
};

struct Member {
    std::string key;
    Position position;  // of the key
    Value value;
};

// What parse() takes at most; more is an error, so that hostile text costs a bounded amount of memory and stack.
inline constexpr std::size_t max_bytes = 16u << 20, max_depth = 200, max_values = 2'000'000;

// Error: config_syntax; detail says what and `place` is "line:column".
Result<Value> parse(std::string_view text);

// RFC 6901: appends "/token" with ~ and / escaped.
std::string child_pointer(std::string_view pointer, std::string_view token);

}  // namespace gantry::json
