// Addresses of HTTP servers (RFC 9110 4.2), as a configuration names them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::net {

struct HttpUrl {
    bool secure = false;  // https
    std::string host;     // without the brackets of an IPv6 address
    std::uint16_t port = 0;
    std::string authority;  // host and port as written: the value of the field Host
    std::string target;     // path and query, still percent-encoded; "/" at least
};

// Nothing: it is none, or has what a request cannot carry: a user name (a secret belongs into a header), a fragment, a
// byte that must be percent-encoded.
std::optional<HttpUrl> parse_http_url(std::string_view text);

}  // namespace gantry::net
