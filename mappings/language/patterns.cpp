#include "mappings/language/patterns.hpp"

#include <array>
#include <vector>

namespace gantry::mappings {
namespace {

using Says = Value::Says;

constexpr std::size_t most_groups = 9;  // one digit
using Groups = std::array<std::string_view, most_groups + 1>;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

void write_template(std::string_view pattern, const Groups& found, std::string& out) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != '$') {
            out += pattern[i];
            continue;
        }
        ++i;
        if (pattern[i] == '$')
            out += '$';
        else
            out += found[static_cast<std::size_t>(pattern[i] - '0')];
    }
}

// The byte after the character that begins at `at`.
std::size_t next_character(std::string_view utf8, std::size_t at) {
    for (++at; at < utf8.size() && (static_cast<unsigned char>(utf8[at]) & 0xC0) == 0x80;) ++at;
    return at;
}

std::string replaced(std::string_view text, const Node& node) {
    std::string out;
    Groups found;
    std::size_t done = 0, from = 0;
    while (from <= text.size() && node.pattern->find(text, from, found)) {
        const auto at = static_cast<std::size_t>(found[0].data() - text.data()), end = at + found[0].size();
        out += text.substr(done, at - done);
        write_template(node.separator, found, out);
        done = end;
        from = found[0].empty() ? next_character(text, end) : end;
    }
    return out += text.substr(std::min(done, text.size()));
}

std::vector<std::string_view> pieces_of(std::string_view text, std::string_view separator) {
    std::vector<std::string_view> out;
    for (std::size_t from = 0;;) {
        const auto at = text.find(separator, from);
        out.push_back(text.substr(from, at - from));
        if (at == std::string_view::npos) return out;
        from = at + separator.size();
    }
}

// The operand with another text.
Value with_text(Value value, std::string text) {
    if (text.empty()) return {};
    value.text = std::move(text);
    return value;
}

}  // namespace

std::optional<std::string> wrong_template(std::string_view text, std::size_t groups) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '$') continue;
        const char next = ++i < text.size() ? text[i] : '\0';
        if (next == '$') continue;
        if (!is_digit(next)) return "after a $ comes the number of a group, or another $";
        if (static_cast<std::size_t>(next - '0') > groups)
            return "the pattern has " + std::to_string(groups) + (groups == 1 ? " group" : " groups");
    }
    return std::nullopt;
}

Value evaluate_match(const Node& node, Frame& frame) {
    auto value = evaluate(node.children.front(), frame);
    if (value.says != Says::set) return value;
    Groups found;
    if (!node.pattern->find(value.text, 0, found)) return {};
    std::string text;
    write_template(node.separator, found, text);
    return with_text(std::move(value), std::move(text));
}

Value evaluate_replace(const Node& node, Frame& frame) {
    auto value = evaluate(node.children.front(), frame);
    if (value.says != Says::set) return value;
    auto text = replaced(value.text, node);
    return with_text(std::move(value), std::move(text));
}

Value evaluate_split(const Node& node, Frame& frame) {
    auto value = evaluate(node.children.front(), frame);
    if (value.says != Says::set) return value;
    const auto pieces = pieces_of(value.text, node.separator);
    const auto count = static_cast<std::int64_t>(pieces.size());
    const auto index = node.piece > 0 ? node.piece - 1 : count + node.piece;
    if (index < 0 || index >= count) return {};
    auto text = std::string(pieces[static_cast<std::size_t>(index)]);
    return with_text(std::move(value), std::move(text));
}

bool matches(const text::Pattern& pattern, std::string_view text) {
    std::array<std::string_view, 1> whole;
    return pattern.find(text, 0, whole);
}

}  // namespace gantry::mappings
