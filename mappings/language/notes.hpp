// What the sections leave for those that come after them: the script and the checks.
#pragma once
#include <map>
#include <vector>

#include "mappings/language/message_part.hpp"
#include "mappings/language/missed.hpp"

namespace gantry::mappings {

struct Notes {
    bool wants_parts = false;        // there is a script
    std::vector<OrderParts> orders;  // as in the effects
    // What to say of an order of the effects when a step of it is left without a modality.
    std::map<std::size_t, Missed> no_modality;
};

}  // namespace gantry::mappings
