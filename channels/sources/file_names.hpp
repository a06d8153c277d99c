// Names for files that must not replace others. Pure.
#pragma once
#include <string>

#include "engine/base/clock.hpp"

namespace gantry::channels {

// Names with the time that are tried before something else must be wrong.
inline constexpr int most_names = 1000;

// Leaves room for what is added to a name, which may have 255 bytes; its ending stays.
std::string shortened(const std::string& name);

// The name a file gets when others are taken, attempt by attempt from 0: "orders.hl7", "orders.20261123T090000Z.hl7",
// "orders.20261123T090000Z-2.hl7".
std::string free_name(const std::string& name, int attempt, Instant now);

}  // namespace gantry::channels
