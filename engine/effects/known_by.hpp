// Which records have a number.
#pragma once
#include <cstdint>
#include <vector>

#include "engine/effects/records.hpp"

namespace gantry::effects {

// Their ids, each once; of merged patients the survivor's.
std::vector<std::int64_t> known_as(const KnownBy& wanted, RecordReader& records);

// Whether it is still as it was read.
bool is_current(const KnownVersion& version, RecordReader& records);

}  // namespace gantry::effects
