#include "engine/hl7/header.hpp"

#include <algorithm>

#include "engine/hl7/escape.hpp"

namespace gantry::hl7 {
namespace {

constexpr std::size_t search_limit = 64u << 10, echo_limit = 4096;

bool can_separate(char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
    return c > ' ' && c < 127 && !letter && !digit;
}

bool is_header(std::string_view at) {
    return at.size() > 3 && at.substr(0, 3) == "MSH" && can_separate(at[3]);
}

std::size_t find_header(std::string_view bytes) {
    if (const auto start = start_of_message(bytes); is_header(bytes.substr(start))) return start;
    const auto near = bytes.substr(0, search_limit);
    std::size_t anywhere = std::string_view::npos;
    for (auto at = near.find("MSH"); at != std::string_view::npos; at = near.find("MSH", at + 1)) {
        if (!is_header(near.substr(at))) continue;
        if (at > 0 && (near[at - 1] == '\r' || near[at - 1] == '\n')) return at;
        anywhere = std::min(anywhere, at);
    }
    return anywhere;
}

std::string_view nth(std::string_view text, char delimiter, std::size_t n) {
    for (; delimiter && n > 1; --n) {
        const auto end = text.find(delimiter);
        if (end == std::string_view::npos) return {};
        text.remove_prefix(end + 1);
    }
    return delimiter ? text.substr(0, text.find(delimiter)) : n == 1 ? text : std::string_view();
}

}  // namespace

std::string_view RawHeader::component(std::size_t field, std::size_t n) const {
    return field < fields.size() ? nth(nth(fields[field], delimiters.repetition, 1), delimiters.component, n)
                                 : std::string_view();
}

std::string_view RawHeader::first_of(std::size_t field) const {
    return component(field, 1);
}

std::string RawHeader::echo(std::size_t field) const {
    auto out = field < fields.size() ? echo_of(fields[field]) : std::string();
    return usable ? out : escape(out, delimiters);
}

RawHeader read_header(std::string_view bytes) {
    const auto start = find_header(bytes);
    return start == std::string_view::npos ? RawHeader() : read_header_line(bytes.substr(start));
}

RawHeader read_header_line(std::string_view line) {
    RawHeader out;
    line = line.substr(0, line.find_first_of("\r\n"));
    if (line.size() < 4) return out;
    out.found = true;
    if (const auto delimiters = read_delimiters(line)) {
        out.usable = true;
        out.delimiters = *delimiters;
    }
    const char separator = line[3];
    auto rest = line.substr(4);
    for (std::size_t n = 2; n < out.fields.size(); ++n) {
        const auto end = rest.find(separator);
        out.fields[n] = rest.substr(0, end);
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
    }
    return out;
}

std::string echo_of(std::string_view raw) {
    std::string out;
    if (raw == "\"\"") return out;
    for (const char c : raw.substr(0, echo_limit))
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) out.push_back(c);
    return out;
}

}  // namespace gantry::hl7
