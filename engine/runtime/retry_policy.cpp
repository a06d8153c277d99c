#include "engine/runtime/retry_policy.hpp"

#include <algorithm>

namespace gantry::runtime {

Instant RetryPolicy::next(Instant now, int attempts, std::uint64_t random) const {
    const int doublings = std::clamp(attempts - 1, 0, 30);
    const auto longest = std::max<std::int64_t>(std::min<std::int64_t>(first.count() << doublings, cap.count()), 1);
    // Full jitter, but never at once: a receiver that is down gets at least a tenth of the wait.
    const auto least = std::max<std::int64_t>(longest / 10, 1);
    const auto wait = least + static_cast<std::int64_t>(random % static_cast<std::uint64_t>(longest - least + 1));
    return {now.micros + wait * 1000};
}

bool RetryPolicy::exhausted(Instant now, Instant first_due) const {
    return now.micros - first_due.micros > std::chrono::microseconds(horizon).count();
}

}  // namespace gantry::runtime
