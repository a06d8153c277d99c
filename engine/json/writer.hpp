// Writing JSON: calls in document order, members in the order they are written. The text is always valid JSON when
// begin and end are paired; bytes that are not UTF-8 become U+FFFD, numbers that JSON does not know (NaN, infinities)
// null.
#pragma once
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/json/value.hpp"

namespace gantry::json {

enum class Form : std::uint8_t { compact, pretty };  // pretty: two spaces per level, one member or item per line

// One document. Used by one thread.
class Writer {
  public:
    explicit Writer(Form form = Form::compact) : form_(form) {}

    Writer& begin_object() { return begin('{'); }
    Writer& end_object() { return end('}'); }
    Writer& begin_array() { return begin('['); }
    Writer& end_array() { return end(']'); }

    // Precondition: inside an object; a value or begin_…() follows.
    Writer& key(std::string_view name);

    Writer& value(std::string_view text);
    Writer& value(const char* text) { return value(std::string_view(text)); }
    Writer& value(const std::string& text) { return value(std::string_view(text)); }
    Writer& value(double number);
    Writer& value(const Value& tree);  // the whole tree, comments and positions are gone
    template <std::same_as<bool> T>
    Writer& value(T boolean) {
        return raw(boolean ? "true" : "false");
    }
    template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>) Writer& value(T number) {
        return raw(std::to_string(number));
    }
    Writer& null() { return raw("null"); }
    // Text that is JSON already, as it stands.
    Writer& json(std::string_view text) { return raw(text); }

    template <class T>
    Writer& member(std::string_view name, const T& content) {
        return key(name).value(content);
    }
    // Nothing is written when the text is empty.
    Writer& member_if(std::string_view name, std::string_view text) {
        return text.empty() ? *this : key(name).value(text);
    }

    const std::string& text() const& { return out_; }
    std::string text() && { return std::move(out_); }

  private:
    Writer& begin(char bracket);
    Writer& end(char bracket);
    Writer& raw(std::string_view token);
    void separate();
    void new_line();

    Form form_;
    std::string out_;
    std::vector<bool> filled_;  // per open bracket: something is in it
    bool after_key_ = false;
};

// The text as a JSON string, with its quotes.
std::string quoted(std::string_view text);

// parse() of the answer gives the same tree, apart from positions.
std::string serialise(const Value& tree, Form form = Form::compact);

}  // namespace gantry::json
