// Values of a message that are no expressions: times in UTC, numbers without the blanks around them.
#pragma once
#include <optional>
#include <string>

#include "engine/base/clock.hpp"
#include "engine/hl7/message.hpp"

namespace gantry::mappings {

// YYYYMMDDHHMMSS in UTC of a DTM; without an offset it is the site's wall clock. zone null: UTC.
std::optional<std::string> utc_stamp(const hl7::Piece& dtm, const Zone* zone);
std::string utc_stamp(Instant at);

std::string trimmed(std::string text);

}  // namespace gantry::mappings
