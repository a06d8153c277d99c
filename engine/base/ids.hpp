// Ids of rows, assigned by the engine and not by the database: 41 bits of milliseconds since 2020, 10 bits of node,
// 12 bits of sequence. They grow with time, so a range of ids is a range of time, and two nodes never meet.
// As text (JSON, URLs) an id is a decimal string, because it does not fit a double.
#pragma once
#include <compare>
#include <cstdint>
#include <functional>

#include "engine/base/clock.hpp"

namespace gantry {

template <class Tag>
struct Id {
    std::int64_t value = 0;  // 0: none
    explicit operator bool() const { return value != 0; }
    auto operator<=>(const Id&) const = default;  // NOLINT(modernize-use-nullptr): the check misreads <=>
};

using MessageId = Id<struct MessageTag>;
using PatientId = Id<struct PatientTag>;
using ProviderId = Id<struct ProviderTag>;
using OrderId = Id<struct OrderTag>;  // an ImagingStudy record
using StepId = Id<struct StepTag>;
using ReportId = Id<struct ReportTag>;
using DeliveryId = Id<struct DeliveryTag>;

// Hands out ids in growing order. Not thread-safe: each committer owns one, with its own node number.
class IdSource {
  public:
    // after: no id handed out is at or below it (the largest id already stored), even when the clock went backwards.
    IdSource(const Clock& clock, int node, std::int64_t after);
    std::int64_t next();

    static std::int64_t first_at(Instant time);  // the smallest id that time can have, for range searches
    static Instant time_of(std::int64_t id);     // to the millisecond

  private:
    const Clock* clock_;
    std::int64_t node_;
    std::int64_t last_;
};

}  // namespace gantry

template <class Tag>
struct std::hash<gantry::Id<Tag>> {
    std::size_t operator()(gantry::Id<Tag> id) const noexcept { return std::hash<std::int64_t>()(id.value); }
};
