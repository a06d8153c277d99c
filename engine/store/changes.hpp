// The change log read back, for histories: what each change did to records, and what they were before.
// A change that retention has removed is not there (docs/specs/retention.md); the history of a record ends where it
// would stand.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/effects/record_history.hpp"

namespace gantry::store {

struct LoggedChange {
    std::int64_t id = 0;  // grows with time: IdSource::time_of(id)
    std::vector<effects::RecordChange> records;
};

struct ChangeRange {
    std::int64_t from = 0;                                           // at or after
    std::int64_t before = std::numeric_limits<std::int64_t>::max();  // and before
    bool oldest_first = false;
};

// Any thread. Errors: storage_unavailable. A row that is none of ours gives a change without records.
class ChangeReader {
  public:
    virtual ~ChangeReader() = default;
    virtual Result<std::optional<LoggedChange>> change(std::int64_t id) = 0;
    // Where several commit at once, a change may appear behind a newer one, as late as its transaction took.
    virtual Result<std::vector<LoggedChange>> changes(const ChangeRange& range, std::size_t most) = 0;
};

}  // namespace gantry::store
