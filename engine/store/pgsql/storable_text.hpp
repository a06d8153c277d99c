// Texts that PostgreSQL can keep: UTF-8 (RFC 3629) without NUL. Message content is bytes and not concerned.
#pragma once
#include <string>
#include <string_view>

#include "engine/store/store.hpp"

namespace gantry::store::pgsql {

bool storable(std::string_view text);
// Every byte that cannot be kept becomes '?'; the rest stays.
std::string made_storable(std::string text);

// A unit with a text that cannot be kept, or an origin (sender, control id) too long for an index, becomes one to
// reject with hl7_bad_value or hl7_too_long; what identifies it is made storable.
void refuse_unstorable(Unit& unit);

}  // namespace gantry::store::pgsql
