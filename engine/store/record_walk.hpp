// Every record of a kind, by its number and a part at a time: for whoever wants all of them. Each part is read in a
// transaction of its own, as it is at that moment. Numbers never change and grow with arrival, so what is written
// meanwhile makes no record of the range missing or doubled.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/effects/records.hpp"

namespace gantry::store {

struct WalkRange {
    std::int64_t after = 0;                                        // numbers above this one
    std::int64_t last = std::numeric_limits<std::int64_t>::max();  // up to this one
    std::int64_t changed_from = 0;                                 // with a last change at or after it
    std::size_t most = 1000;
};

// Any thread. Records come whole, in the order of their numbers; none: the walk is at its end. A provider never
// changes: its change is its number. Errors: storage_unavailable.
class RecordWalk {
  public:
    virtual ~RecordWalk() = default;
    virtual Result<std::vector<effects::PatientRecord>> patients(const WalkRange& range) = 0;
    virtual Result<std::vector<effects::ProviderRecord>> providers(const WalkRange& range) = 0;
    virtual Result<std::vector<effects::OrderRecord>> orders(const WalkRange& range) = 0;
    // Reports have no part in changed_from: what they show of their orders changes with these.
    virtual Result<std::vector<effects::ReportRecord>> reports(const WalkRange& range) = 0;
};

}  // namespace gantry::store
