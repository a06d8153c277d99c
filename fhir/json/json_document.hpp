// JSON that can be changed: what JSON Patch works on. Numbers stay as they were written, members in their order. A
// value: copies are deep. Reading bounds how deep it is; whoever puts things together keeps that bound (json_depth).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/json/writer.hpp"

namespace gantry::fhir::r4 {

struct JsonNode {
    enum class Kind : std::uint8_t { null, boolean, number, string, object, array };
    Kind kind = Kind::null;
    std::string text;               // of strings decoded, of numbers and booleans as written
    std::vector<std::string> keys;  // of an object, as many as there are items
    std::vector<JsonNode> items;    // of an object its values

    const JsonNode* find(std::string_view key) const;
};

inline constexpr std::size_t max_json_depth = 100;

// Nothing: it is no JSON (duplicate keys included), or deeper than max_json_depth.
std::optional<JsonNode> read_json_node(std::string_view bytes);
// Arrays and objects with nothing in them, which FHIR does not have, are left out.
std::string write_fhir_json(const JsonNode& node);

// RFC 6902 4.6: numbers by their value, objects whatever the order of their members.
bool same_json(const JsonNode& a, const JsonNode& b);
std::size_t json_depth(const JsonNode& node);
std::size_t json_size(const JsonNode& node);  // values in it, itself included; a long text is several

}  // namespace gantry::fhir::r4
