// Heads of HTTP messages: reading with Poco and judging strictly what Poco lets pass, because two readings of one head
// are how requests are smuggled past a proxy (RFC 9112 11.2).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/net/http.hpp"

namespace gantry::net {

struct HttpHead {
    HttpRequest request;
    bool keep_alive = true;
    bool chunked = false;
    bool expects_continue = false;
    std::uint64_t content_length = 0;
};

// head: with its final empty line. Errors: http_bad_request, http_not_implemented.
Result<HttpHead> parse_http_head(std::string_view head);

// Body included unless `head_only`. A header of the handler that cannot be sent (a line end in it) is left out.
std::string write_http_response(const HttpResponse& response, bool keep_alive, bool head_only);

// Offset behind the empty line, or npos. from: bytes before it need not be looked at again.
std::size_t http_head_end(std::string_view bytes, std::size_t from);

}  // namespace gantry::net
