#include "fhir/resources/uri_forms.hpp"

#include <algorithm>

namespace gantry::fhir {
namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// RFC 3986 3.1.
bool is_scheme(std::string_view text) {
    return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    });
}

bool may_stand_in_uri(char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '"' && c != '<' && c != '>' && c != '\x7F';
}

// A restricted name: a letter or digit first, 127 characters at most.
bool is_restricted_name(std::string_view text) {
    constexpr std::string_view others = "!#$&-^_.+";
    if (text.empty() || text.size() > 127 || !(is_letter(text[0]) || is_digit(text[0]))) return false;
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return is_letter(c) || is_digit(c) || others.find(c) != std::string_view::npos; });
}

}  // namespace

bool is_oid(std::string_view text) {
    if (text.size() < 3 || text[0] < '0' || text[0] > '2' || text[1] != '.') return false;
    for (std::size_t i = 1; i < text.size(); ++i) {
        const char before = text[i - 1], next = i + 1 < text.size() ? text[i + 1] : '.';
        if (text[i] == '.' && before != '.' && i + 1 < text.size()) continue;
        if (!is_digit(text[i])) return false;
        if (text[i] == '0' && before == '.' && next != '.') return false;
    }
    return true;
}

bool is_uuid(std::string_view text) {
    constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return std::equal(text.begin(), text.end(), form.begin(), form.end(),
                      [](char c, char f) { return f == '-' ? c == '-' : is_digit(c) || (c >= 'a' && c <= 'f'); });
}

bool is_uri(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon + 1 == text.size() || !is_scheme(text.substr(0, colon))) return false;
    if (text.starts_with("urn:oid:")) return is_oid(text.substr(8));
    if (text.starts_with("urn:uuid:")) return is_uuid(text.substr(9));
    return std::all_of(text.begin(), text.end(), may_stand_in_uri);
}

bool is_media_type(std::string_view text) {
    const auto names = text.substr(0, text.find(';'));
    const auto slash = names.find('/');
    if (slash == std::string_view::npos) return false;
    auto subtype = names.substr(slash + 1);
    while (subtype.ends_with(' ')) subtype.remove_suffix(1);
    return is_restricted_name(names.substr(0, slash)) && is_restricted_name(subtype);
}

}  // namespace gantry::fhir
