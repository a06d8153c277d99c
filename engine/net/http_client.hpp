// A small HTTP client for the command line and for tests: one request on a connection of its own.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "engine/base/result.hpp"
#include "engine/net/http.hpp"

namespace gantry::net {

// request.path may carry a query; request.query is not sent. Redirects are not followed. timeout: for each step
// (connecting, each read). The body is taken up to 64 MiB. Any thread.
// Errors: net_refused, net_timeout, net_closed, net_too_large.
Result<HttpResponse> http_call(const std::string& host, std::uint16_t port, const HttpRequest& request,
                               milliseconds timeout = milliseconds(10'000));

Result<HttpResponse> http_get(const std::string& host, std::uint16_t port, const std::string& path,
                              milliseconds timeout = milliseconds(10'000));

}  // namespace gantry::net
