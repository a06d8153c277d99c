#include "engine/runtime/believed_time.hpp"

namespace gantry::runtime {
namespace {

using std::chrono::duration_cast, std::chrono::microseconds;

// Beyond what has passed: a machine that slept, a clock that is corrected.
constexpr microseconds tolerance = std::chrono::minutes(10);
constexpr std::chrono::hours trial(24);

}  // namespace

Instant BelievedTime::at(Instant wall, Steady steady) {
    auto believed = wall;
    if (last_) {
        const auto passed = duration_cast<microseconds>(steady - last_->steady);
        const Instant expected{last_->believed.micros + passed.count()};
        const bool ahead = wall.micros - expected.micros > tolerance.count();
        if (!ahead || (ahead_since_ && steady - *ahead_since_ >= trial))
            ahead_since_.reset();
        else if (!ahead_since_)
            ahead_since_ = steady;
        if (ahead_since_) believed = expected;
    }
    last_ = {believed, steady};
    return believed;
}

}  // namespace gantry::runtime
