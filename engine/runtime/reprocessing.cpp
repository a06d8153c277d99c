#include "engine/runtime/reprocessing.hpp"

#include <algorithm>

namespace gantry::runtime {

store::Unit reprocessed(const Mapper& mapper, Inbound original, const ReprocessRequest& request, Instant now) {
    auto unit = mapper.interpret(std::move(original));
    unit.received = now;
    unit.reprocessing = request.how;
    unit.preview = request.preview;
    unit.number.reset();
    unit.answer = {};
    if (!request.destinations.empty())
        std::erase_if(unit.effects.deliveries, [&](const auto& delivery) {
            return std::find(request.destinations.begin(), request.destinations.end(), delivery.destination) ==
                   request.destinations.end();
        });
    return unit;
}

}  // namespace gantry::runtime
