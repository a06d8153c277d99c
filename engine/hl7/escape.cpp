#include "engine/hl7/escape.hpp"

#include <algorithm>
#include <cstdlib>

#include "engine/base/utf8.hpp"

namespace gantry::hl7 {
namespace {

constexpr std::size_t most_repeats = 100;  // of \.sp<n>\ and \.sk<n>\: a hostile count must not fill the memory

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool append_hex(std::string& out, std::string_view digits) {
    if (digits.empty() || digits.size() % 2 != 0) return false;
    std::string bytes;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const int high = hex_digit(digits[i]), low = hex_digit(digits[i + 1]);
        if (high < 0 || low < 0) return false;
        bytes.push_back(static_cast<char>(high * 16 + low));
    }
    if (is_utf8(bytes))
        out.append(bytes);
    else
        for (const char c : bytes) append_utf8(out, static_cast<unsigned char>(c));
    return true;
}

std::size_t repeats(std::string_view number) {
    if (!number.empty() && number[0] == '+') number.remove_prefix(1);
    std::size_t count = 0;
    for (const char c : number) {
        if (c < '0' || c > '9') return 1;
        count = std::min(count * 10 + static_cast<std::size_t>(c - '0'), most_repeats);
    }
    return number.empty() ? 1 : count;
}

bool append_formatting(std::string& out, std::string_view command) {
    const auto name = command.substr(0, 2), rest = command.substr(name.size());
    if (name == "br" || name == "ce")
        out.push_back('\n');
    else if (name == "sp")
        out.append(repeats(rest), '\n');
    else if (name == "sk")
        out.append(repeats(rest), ' ');
    else
        return name == "in" || name == "ti" || name == "fi" || name == "nf";
    return true;
}

char delimiter_named(char letter, const Delimiters& d) {
    switch (letter) {
        case 'F':
            return d.field;
        case 'S':
            return d.component;
        case 'T':
            return d.subcomponent;
        case 'R':
            return d.repetition;
        case 'E':
            return d.escape;
        case 'P':
            return d.truncation ? d.truncation : '#';
        default:
            return 0;
    }
}

// body: what stands between the two escape characters. False: not understood, nothing appended.
bool append_sequence(std::string& out, std::string_view body, const Delimiters& delimiters) {
    if (body.empty()) return false;
    if (body.size() == 1) {
        if (body[0] == 'H' || body[0] == 'N') return true;
        const char c = delimiter_named(body[0], delimiters);
        if (c) out.push_back(c);
        return c != 0;
    }
    if (body[0] == 'X') return append_hex(out, body.substr(1));
    return body[0] == '.' && append_formatting(out, body.substr(1));
}

// Sequences that exist but say nothing we can resolve: they are skipped as a whole, so that their closing escape
// character is not taken for an opening one.
bool is_foreign_sequence(std::string_view body) {
    return !body.empty() && (body[0] == 'C' || body[0] == 'M' || body[0] == 'Z') &&
           std::all_of(body.begin() + 1, body.end(),
                       [&](char c) { return body[0] == 'Z' ? c != ' ' : hex_digit(c) >= 0; });
}

}  // namespace

std::string unescape(std::string_view raw, const Delimiters& delimiters) {
    const char mark = delimiters.escape;
    std::string out;
    if (!mark) return out.assign(raw);
    out.reserve(raw.size());
    for (std::size_t at = 0; at < raw.size();) {
        const auto open = std::min(raw.find(mark, at), raw.size());
        out.append(raw.substr(at, open - at));
        if (open == raw.size()) break;
        const auto close = raw.find(mark, open + 1);
        if (close == std::string_view::npos) return out.append(raw.substr(open));
        const auto body = raw.substr(open + 1, close - open - 1);
        at = close + 1;
        if (append_sequence(out, body, delimiters)) continue;
        if (!is_foreign_sequence(body)) at = close;  // a stray escape character: the next one may open a real sequence
        out.append(raw.substr(open, at - open));
    }
    return out;
}

std::string escape(std::string_view text, const Delimiters& d) {
    static constexpr char hex[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    auto sequence = [&](std::string_view body) {
        if (!d.escape)
            out.push_back(' ');
        else
            out.append(1, d.escape).append(body).append(1, d.escape);
    };
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n')
            sequence(".br");
        else if (byte < 0x20)
            sequence(std::string{'X', hex[byte >> 4], hex[byte & 15]});
        else if (c == d.field)
            sequence("F");
        else if (c == d.component)
            sequence("S");
        else if (c == d.subcomponent)
            sequence("T");
        else if (c == d.repetition)
            sequence("R");
        else if (c == d.escape)
            sequence("E");
        else if (c == d.truncation)
            sequence("P");
        else
            out.push_back(c);
    }
    return out;
}

}  // namespace gantry::hl7
