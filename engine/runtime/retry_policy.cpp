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

const settings::Schema<RetryPolicy>& retry_schema() {
    using std::chrono::hours, std::chrono::milliseconds;
    static const auto schema = settings::Schema<RetryPolicy>("retry", "When a delivery that failed is tried again.")
                                   .option("first", &RetryPolicy::first,
                                           "longest wait before the second attempt; doubled with each further one")
                                   .range(milliseconds(1), hours(24))
                                   .option("cap", &RetryPolicy::cap, "no wait is longer than this")
                                   .range(milliseconds(1), hours(24))
                                   .check([](const RetryPolicy& policy) {
                                       return policy.cap < policy.first ? "must not be shorter than \"first\"" : "";
                                   })
                                   .option("horizon", &RetryPolicy::horizon,
                                           "so long after the message came it is given up and kept as a dead letter")
                                   .range(std::chrono::seconds(1), hours(24 * 365));
    return schema;
}

}  // namespace gantry::runtime
