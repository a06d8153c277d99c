// Moments as HTTP writes them: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7). Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/clock.hpp"

namespace gantry::net {

std::string http_date(Instant at);
// The forms of before 1994 are not read.
std::optional<Instant> read_http_date(std::string_view text);

}  // namespace gantry::net
