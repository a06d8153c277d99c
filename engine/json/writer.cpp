#include "engine/json/writer.hpp"

#include <charconv>
#include <cmath>

namespace gantry::json {
namespace {

struct Range {
    unsigned char low = 0x80, high = 0xBF;
    bool holds(char c) const { return static_cast<unsigned char>(c) >= low && static_cast<unsigned char>(c) <= high; }
};

// One row of Unicode table 3-7: how many bytes follow a lead byte, and what the first of them may be.
struct Lead {
    std::size_t following = 0;
    Range first;
};

bool lead_of(unsigned char byte, Lead& lead) {
    if (byte >= 0xC2 && byte <= 0xDF)
        lead = {1, {}};
    else if (byte == 0xE0)
        lead = {2, {0xA0, 0xBF}};
    else if (byte == 0xED)
        lead = {2, {0x80, 0x9F}};
    else if (byte >= 0xE1 && byte <= 0xEF)
        lead = {2, {}};
    else if (byte == 0xF0)
        lead = {3, {0x90, 0xBF}};
    else if (byte >= 0xF1 && byte <= 0xF3)
        lead = {3, {}};
    else if (byte == 0xF4)
        lead = {3, {0x80, 0x8F}};
    else
        return false;
    return true;
}

// Appends the character that begins at `at`, or U+FFFD for the longest broken part of one; answers where it ends.
std::size_t append_character(std::string& out, std::string_view text, std::size_t at) {
    Lead lead;
    std::size_t end = at + 1;
    bool whole = lead_of(static_cast<unsigned char>(text[at]), lead);
    for (std::size_t i = 0; whole && i < lead.following; ++i) {
        whole = end < text.size() && (i == 0 ? lead.first : Range()).holds(text[end]);
        if (whole) ++end;
    }
    out.append(whole ? text.substr(at, end - at) : std::string_view("\xEF\xBF\xBD"));
    return end;
}

void append_escaped(std::string& out, char c) {
    static constexpr char digits[] = "0123456789abcdef";
    switch (c) {
        case '"':
            out.append("\\\"");
            return;
        case '\\':
            out.append("\\\\");
            return;
        case '\n':
            out.append("\\n");
            return;
        case '\r':
            out.append("\\r");
            return;
        case '\t':
            out.append("\\t");
            return;
        case '\b':
            out.append("\\b");
            return;
        case '\f':
            out.append("\\f");
            return;
        default:
            break;
    }
    if (static_cast<unsigned char>(c) >= 0x20) return out.push_back(c);
    out.append("\\u00").push_back(digits[c >> 4]);
    out.push_back(digits[c & 15]);
}

bool stands_for_itself(char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

void append_quoted(std::string& out, std::string_view text) {
    out.push_back('"');
    for (std::size_t at = 0; at < text.size();) {
        // Nearly all text is runs of these.
        auto plain = at;
        while (plain < text.size() && stands_for_itself(text[plain])) ++plain;
        out.append(text, at, plain - at);
        at = plain;
        if (at == text.size()) break;
        if (static_cast<unsigned char>(text[at]) < 0x80)
            append_escaped(out, text[at++]);
        else
            at = append_character(out, text, at);
    }
    out.push_back('"');
}

}  // namespace

Writer& Writer::key(std::string_view name) {
    separate();
    append_quoted(out_, name);
    out_.append(form_ == Form::pretty ? ": " : ":");
    after_key_ = true;
    return *this;
}

Writer& Writer::value(std::string_view text) {
    separate();
    append_quoted(out_, text);
    return *this;
}

Writer& Writer::value(double number) {
    if (!std::isfinite(number)) return null();
    char digits[32];
    std::string token(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
    // A number that was no integer stays none when it is read again.
    if (token.find_first_of(".e") == std::string::npos) token.append(".0");
    return raw(token);
}

Writer& Writer::value(const Value& tree) {
    switch (tree.kind()) {
        case Kind::null:
            return null();
        case Kind::boolean:
            return value(tree.boolean());
        case Kind::number:
            return tree.is_integer() ? value(tree.integer()) : value(tree.number());
        case Kind::string:
            return value(tree.string());
        case Kind::array:
            begin_array();
            for (const auto& item : tree.items()) value(item);
            return end_array();
        case Kind::object:
            begin_object();
            for (const auto& member : tree.members()) key(member.key).value(member.value);
            return end_object();
    }
    return *this;
}

Writer& Writer::begin(char bracket) {
    separate();
    out_.push_back(bracket);
    filled_.push_back(false);
    return *this;
}

Writer& Writer::end(char bracket) {
    const bool filled = !filled_.empty() && filled_.back();
    if (!filled_.empty()) filled_.pop_back();
    if (filled) new_line();
    out_.push_back(bracket);
    return *this;
}

Writer& Writer::raw(std::string_view token) {
    separate();
    out_.append(token);
    return *this;
}

void Writer::separate() {
    if (std::exchange(after_key_, false) || filled_.empty()) return;
    if (filled_.back()) out_.push_back(',');
    filled_.back() = true;
    new_line();
}

void Writer::new_line() {
    if (form_ == Form::pretty) out_.append("\n").append(filled_.size() * 2, ' ');
}

std::string quoted(std::string_view text) {
    std::string out;
    append_quoted(out, text);
    return out;
}

std::string serialise(const Value& tree, Form form) {
    Writer writer(form);
    writer.value(tree);
    return std::move(writer).text();
}

}  // namespace gantry::json
