#include "engine/net/http_url.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace gantry::net {
namespace {

bool take_scheme(std::string_view& text, std::string_view scheme) {
    const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
    if (text.size() < scheme.size() ||
        !std::equal(scheme.begin(), scheme.end(), text.begin(), [&](char b, char a) { return same(a, b); }))
        return false;
    text.remove_prefix(scheme.size());
    return true;
}

// RFC 3986: what stands in an address as it is. A fragment is not sent.
bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return c > 0x20 && c < 0x7f && std::string_view("\"<>\\^`{|}#").find(char(c)) == std::string_view::npos;
    });
}

bool read_port(std::string_view text, std::uint16_t& port) {
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && stop == text.data() + text.size() && port > 0;
}

bool read_authority(std::string_view text, HttpUrl& out) {
    out.authority = text;
    out.port = out.secure ? 443 : 80;
    const bool bracketed = text.starts_with('[');
    const auto end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
    if (end == text.npos || text.find('@') != text.npos) return false;
    out.host = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
    const auto rest = text.substr(bracketed ? end + 1 : end);
    const bool named = bracketed == (out.host.find(':') != std::string::npos);
    if (out.host.empty() || !named || out.host.find_first_of("[]") != std::string::npos) return false;
    return rest.empty() || (rest.front() == ':' && read_port(rest.substr(1), out.port));
}

}  // namespace

std::optional<HttpUrl> parse_http_url(std::string_view text) {
    HttpUrl out;
    if (!is_plain(text)) return std::nullopt;
    out.secure = take_scheme(text, "https://");
    if (!out.secure && !take_scheme(text, "http://")) return std::nullopt;
    const auto end = std::min(text.find_first_of("/?"), text.size());
    if (!read_authority(text.substr(0, end), out)) return std::nullopt;
    out.target = text.substr(end);
    if (!out.target.starts_with('/')) out.target.insert(0, "/");
    return out;
}

}  // namespace gantry::net
