#include "fhir/json/json_document.hpp"

#include <algorithm>
#include <charconv>

#include "fhir/json/json_tokens_internal.hpp"

namespace gantry::fhir::r4 {
namespace {

using Kind = JsonNode::Kind;

JsonNode node_of(const std::vector<Token>& tokens, std::uint32_t at) {
    JsonNode out;
    out.kind = static_cast<Kind>(tokens[at].kind);
    out.text = tokens[at].text;
    for (auto i = at + 1; i < tokens[at].end; i = tokens[i].end) {
        if (out.kind == Kind::object) out.keys.emplace_back(tokens[i].key);
        out.items.push_back(node_of(tokens, i));
    }
    return out;
}

bool is_empty(const JsonNode& node) {
    if (node.kind != Kind::object && node.kind != Kind::array) return false;
    return std::all_of(node.items.begin(), node.items.end(), is_empty);
}

// beside: of the ids and extensions of primitives ("_given"), each of which belongs to the one in the same place.
void write(json::Writer& out, const JsonNode& node, bool beside = false) {
    switch (node.kind) {
        case Kind::null:
            out.null();
            return;
        case Kind::boolean:
        case Kind::number:
            out.json(node.text);
            return;
        case Kind::string:
            out.value(node.text);
            return;
        case Kind::array:
            out.begin_array();
            for (const auto& item : node.items) {
                if (!is_empty(item))
                    write(out, item);
                else if (beside)
                    out.null();
            }
            out.end_array();
            return;
        case Kind::object:
            out.begin_object();
            for (std::size_t i = 0; i < node.items.size(); ++i) {
                if (is_empty(node.items[i])) continue;
                out.key(node.keys[i]);
                write(out, node.items[i], node.keys[i].starts_with('_'));
            }
            out.end_object();
    }
}

// Digits without zeros at either end, and the power of ten behind the last: 1.50e1 → "15", 0.
struct Decimal {
    bool negative = false;
    std::string digits;
    std::int64_t exponent = 0;
    bool operator==(const Decimal&) const = default;
};

// text: a number of JSON.
Decimal decimal_of(std::string_view text) {
    constexpr std::int64_t farthest = 1'000'000'000;
    Decimal out;
    if (text.starts_with('-')) out.negative = true, text.remove_prefix(1);
    const auto e = std::min(text.find_first_of("eE"), text.size());
    auto power = text.substr(std::min(e + 1, text.size()));
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto read = std::from_chars(power.data(), power.data() + power.size(), out.exponent);
    if (read.ec == std::errc::result_out_of_range) out.exponent = power.starts_with('-') ? -farthest : farthest;
    out.exponent = std::clamp(out.exponent, -farthest, farthest);
    bool fraction = false;
    for (const char c : text.substr(0, e)) {
        if (c == '.') {
            fraction = true;
            continue;
        }
        if (fraction) --out.exponent;
        if (c != '0' || !out.digits.empty()) out.digits += c;
    }
    while (out.digits.ends_with('0')) out.digits.pop_back(), ++out.exponent;
    return out.digits.empty() ? Decimal() : out;
}

}  // namespace

const JsonNode* JsonNode::find(std::string_view key) const {
    const auto at = std::find(keys.begin(), keys.end(), key);
    return at == keys.end() ? nullptr : &items[static_cast<std::size_t>(at - keys.begin())];
}

std::optional<JsonNode> read_json_node(std::string_view bytes) {
    JsonText text;
    if (read_tokens(bytes, {}, text)) return std::nullopt;
    return node_of(text.tokens, 0);
}

std::string write_fhir_json(const JsonNode& node) {
    json::Writer out;
    write(out, node);
    return std::move(out).text();
}

bool same_json(const JsonNode& a, const JsonNode& b) {
    if (a.kind != b.kind || a.items.size() != b.items.size()) return false;
    if (a.kind == Kind::number) return decimal_of(a.text) == decimal_of(b.text);
    if (a.kind == Kind::array) return std::equal(a.items.begin(), a.items.end(), b.items.begin(), same_json);
    if (a.kind != Kind::object) return a.text == b.text;
    for (std::size_t i = 0; i < a.keys.size(); ++i) {
        const auto* other = b.find(a.keys[i]);
        if (!other || !same_json(a.items[i], *other)) return false;
    }
    return true;
}

std::size_t json_depth(const JsonNode& node) {
    std::size_t deepest = 0;
    for (const auto& item : node.items) deepest = std::max(deepest, json_depth(item));
    return deepest + 1;
}

std::size_t json_size(const JsonNode& node) {
    constexpr std::size_t long_text = 1024;
    auto out = 1 + node.text.size() / long_text;
    for (const auto& item : node.items) out += json_size(item);
    return out;
}

}  // namespace gantry::fhir::r4
