// Moments as people write them into a search.
#pragma once
#include <optional>
#include <string_view>

#include "engine/base/clock.hpp"

namespace gantry::admin {

// "2026-11-23", "2026-11-23T09:30" or "2026-11-23T09:30:15" (a blank will do for the T), with "Z" or "+01:00" or,
// without one, in the zone; or how long ago: "90s", "30m", "2h", "7d". Nothing: it is none of these, or no such moment.
std::optional<Instant> moment_of(std::string_view text, const Zone& zone, Instant now);

}  // namespace gantry::admin
