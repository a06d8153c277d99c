// What is taken for the time where a clock that was set wrong would do harm that cannot be undone: to retention, to
// which everything is old at once when the clock is set ahead.
//
// The clock is believed when it goes on about as fast as time passes, and when it is set back. When it was set ahead,
// what has passed since is counted instead, until it has stayed ahead for a day: somebody meant it, or has had the time
// to notice. At its first look it is believed whatever it shows.
//
// A value: no threads, no clock of its own.
#pragma once
#include <chrono>
#include <optional>

#include "engine/base/clock.hpp"

namespace gantry::runtime {

class BelievedTime {
  public:
    using Steady = std::chrono::steady_clock::time_point;  // does not jump

    // The clock shows `wall` at the moment `steady`. Never later than `wall`.
    Instant at(Instant wall, Steady steady);
    // Whether the last answer was earlier than the clock.
    bool doubts() const { return ahead_since_.has_value(); }

  private:
    struct Look {
        Instant believed;
        Steady steady;
    };
    std::optional<Look> last_;
    std::optional<Steady> ahead_since_;
};

}  // namespace gantry::runtime
