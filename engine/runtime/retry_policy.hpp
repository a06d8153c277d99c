// When a failed delivery is tried again: exponential with full jitter, capped, for as long as the horizon.
#pragma once
#include <chrono>
#include <cstdint>

#include "engine/base/clock.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::runtime {

struct RetryPolicy {
    std::chrono::milliseconds first = std::chrono::seconds(1);
    std::chrono::milliseconds cap = std::chrono::minutes(10);
    std::chrono::seconds horizon = std::chrono::hours(72);  // after this the delivery is a dead letter

    // attempts: how many have failed, from 1. random: any number; equal ones give equal answers.
    Instant next(Instant now, int attempts, std::uint64_t random) const;
    bool exhausted(Instant now, Instant first_due) const;
};
const settings::Schema<RetryPolicy>& retry_schema();

}  // namespace gantry::runtime
