// Content-Encoding: gzip (RFC 9110 8.4, 12.5.3).
#pragma once
#include "engine/net/http.hpp"

namespace gantry::net {

// Compresses the body where the client takes gzip and it is text of some size; Vary says so for caches. What has a
// Content-Encoding stays. Any thread. Never fails: what cannot be compressed goes out as it is.
void compress(const HttpRequest& request, HttpResponse& response);

}  // namespace gantry::net
