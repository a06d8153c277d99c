#include "engine/hl7/header.hpp"

#include <algorithm>

namespace gantry::hl7 {
namespace {

constexpr std::size_t search_limit = 64 * 1024;

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

RawHeader read_header(std::string_view bytes) {
    RawHeader out;
    const auto start = find_header(bytes);
    if (start == std::string_view::npos) return out;
    auto line = bytes.substr(start);
    line = line.substr(0, line.find_first_of("\r\n"));
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

}  // namespace gantry::hl7
