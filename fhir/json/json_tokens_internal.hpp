// JSON text as a flat list of values in document order, with their places. Private to this room.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "fhir/json/json_reader.hpp"

namespace gantry::fhir::r4 {

struct Token {
    enum class Kind : std::uint8_t { null, boolean, number, string, object, array };
    Kind kind = Kind::null;
    std::uint32_t end = 0;         // index of the token after it and all that is in it
    std::uint32_t offset = 0;      // where the value begins
    std::uint32_t key_offset = 0;  // where its key begins, when it has one
    std::string_view key, text;    // text: of strings decoded, of numbers and booleans as written
};

struct JsonText {
    std::unique_ptr<char[]> buffer;  // what key and text lie in
    std::size_t size = 0;
    std::vector<Token> tokens;
};

struct JsonMistake {
    std::size_t offset = 0;
    std::string words;
    bool too_costly = false;
};

// Empty: read into `out`. The grammar is that of RFC 8259, a byte order mark before it is passed over; duplicate keys
// and halves of surrogate pairs are mistakes.
std::optional<JsonMistake> read_tokens(std::string_view bytes, const ReadOptions& options, JsonText& out);

}  // namespace gantry::fhir::r4
