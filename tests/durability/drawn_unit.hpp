// A message drawn at random: what it asks for, and what must become of it when it is new.
#pragma once
#include "engine/store/store.hpp"
#include "tests/durability/draws.hpp"

namespace gantry::durability {

struct DrawnUnit {
    store::Unit unit;
    effects::Outcome outcome = effects::Outcome::delivered;
};
struct DrawnDestination {
    std::string name;
    bool ranked = false;  // some of what it gets is urgent
};
// In one or two of four lanes, to some of the destinations or to none.
DrawnUnit drawn_unit(Draws& draws, const std::string& control_id, Instant now,
                     const std::vector<DrawnDestination>& destinations);

}  // namespace gantry::durability
