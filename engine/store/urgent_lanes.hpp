// Urgent deliveries go before the others of their destination, and nothing goes before what is ahead of it in one of
// its lanes: so with an urgent delivery goes all that is pending ahead of it in its lanes, and ahead of that in its
// own.
//
// Values: no database.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "engine/effects/effects.hpp"
#include "engine/store/store.hpp"

namespace gantry::store {

// What is stored of a delivery's rank (the column "priority"). joined: it has several lanes.
enum class Priority : std::uint8_t { unranked, ordinary, ordinary_joined, urgent, urgent_joined };
Priority priority_of(effects::Urgency urgency, const std::string& lane);

// The lanes of a delivery, as they are stored.
std::vector<std::string> lane_names(const std::string& lanes);

// Where lanes are looked at up to a delivery, that one included.
class UrgentLanes {
  public:
    // joined: pending deliveries with several lanes, oldest first, all there are up to the last of the urgent ones.
    UrgentLanes(const std::vector<DeliveryHead>& urgent, const std::vector<DeliveryHead>& joined);
    const std::map<std::string, DeliveryId>& ends() const { return ends_; }
    // What of it can leave, in the order of the queue. by_lane: pending deliveries with this lane alone, oldest first,
    // up to its end, `most` at most: where there are so many, what comes behind the last does not go along, in whatever
    // lane, nor what is behind that.
    std::vector<DeliveryHead> gathered(const std::map<std::string, std::vector<DeliveryHead>>& by_lane,
                                       std::size_t most) const;

  private:
    std::map<std::string, DeliveryId> ends_;
    std::vector<DeliveryHead> joined_;  // those that go along
};

}  // namespace gantry::store
