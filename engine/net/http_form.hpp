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

}  // namespace gantry::net
