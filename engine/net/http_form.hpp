// Names and values as addresses and forms carry them (application/x-www-form-urlencoded; WHATWG URL 5.1).
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"

namespace gantry::net {

using FormFields = std::vector<std::pair<std::string, std::string>>;

// Decoded, in their order. Errors: http_bad_request (an escape that is none).
Result<FormFields> read_form(std::string_view text);
// One segment of a path, or one name or value of a query: everything but unreserved characters (RFC 3986 2.3) escaped.
std::string percent_encoded(std::string_view text);

}  // namespace gantry::net
