#include "engine/base/ids.hpp"

#include <algorithm>

namespace gantry {
namespace {
constexpr std::int64_t epoch_micros = 1'577'836'800'000'000;  // 2020-01-01T00:00:00Z
constexpr int sequence_bits = 12, node_bits = 10, time_shift = sequence_bits + node_bits;
constexpr std::int64_t sequence_mask = (1 << sequence_bits) - 1;
}  // namespace

IdSource::IdSource(const Clock& clock, int node, std::int64_t after)
    : clock_(&clock), node_(static_cast<std::int64_t>(node & ((1 << node_bits) - 1)) << sequence_bits), last_(after) {}

std::int64_t IdSource::next() {
    auto milli = std::max<std::int64_t>(first_at(clock_->now()) >> time_shift, last_ >> time_shift);
    std::int64_t sequence = 0;
    if (milli == last_ >> time_shift) {
        sequence = (last_ & sequence_mask) + 1;
        // A full millisecond borrows the next one: ids stay unique and growing without waiting for the clock. The same
        // holds for the first id after a restart, whose predecessor may carry another node's bits.
        if (sequence > sequence_mask || ((milli << time_shift) | node_ | sequence) <= last_) ++milli, sequence = 0;
    }
    last_ = (milli << time_shift) | node_ | sequence;
    return last_;
}

std::int64_t IdSource::first_at(Instant time) {
    return std::max<std::int64_t>((time.micros - epoch_micros) / 1000, 0) << time_shift;
}

Instant IdSource::time_of(std::int64_t id) {
    return {(id >> time_shift) * 1000 + epoch_micros};
}

}  // namespace gantry
