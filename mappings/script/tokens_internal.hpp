// The words of a Lua source text with their places (Lua 5.4 manual, 3.1): what checks are made on before anything runs.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "engine/json/value.hpp"

namespace gantry::mappings::script {

struct Token {
    enum class Kind : std::uint8_t { name, keyword, text, number, symbol, end };
    Kind kind = Kind::end;
    std::string_view written;  // as it stands in the source
    std::string value;         // of a text: without quotes and escapes
    json::Position at;

    bool is(std::string_view word) const { return (kind == Kind::symbol || kind == Kind::keyword) && written == word; }
    bool is_name() const { return kind == Kind::name; }
    bool is_name(std::string_view word) const { return kind == Kind::name && written == word; }
};

// All of them, comments left out, closed by one of kind end. What cannot be read as Lua becomes a symbol: Lua itself
// says what is wrong with it. The tokens point into `source`.
std::vector<Token> tokens_of(std::string_view source);

}  // namespace gantry::mappings::script
