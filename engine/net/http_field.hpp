// What a head of HTTP is made of, judged strictly (RFC 9110 5, RFC 9112 5), for requests and responses alike.
#pragma once
#include <algorithm>
#include <cctype>
#include <string_view>

namespace gantry::net {

// RFC 9110 5.6.2: methods and names of fields.
inline bool is_http_token(std::string_view text) {
    const auto allowed = [](unsigned char c) {
        return std::isalnum(c) != 0 || std::string_view("!#$%&'*+-.^_`|~").find(char(c)) != std::string_view::npos;
    };
    return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

// Names of fields, codings and the like have no case.
inline bool same_name(std::string_view a, std::string_view b) {
    const auto lower = [](unsigned char c) { return std::tolower(c); };
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

inline bool has_http_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

// RFC 9112 5.2: folded lines must be refused or replaced; a bare CR or LF is a line end to somebody else, and some
// readers skip what has no colon. head: with its final empty line.
inline bool has_odd_http_line(std::string_view head) {
    for (bool first = true; head.size() > 2; first = false) {
        const auto end = head.find("\r\n");
        const auto line = head.substr(0, end);
        if (end == head.npos || line.find_first_of("\r\n") != line.npos) return true;
        if (!first && (line.find(':') == line.npos || line.front() == ' ' || line.front() == '\t')) return true;
        head.remove_prefix(end + 2);
    }
    return head != "\r\n";
}

}  // namespace gantry::net
