// What an operator is told about deliveries.
#include "engine/runtime/delivery_worker.hpp"

namespace gantry::runtime {

using effects::Outcome;
using Attempt = store::Deliveries::Attempt;

void DeliveryWorker::tell_presence(bool away) const {
    const ConfigName name(options_.destination);
    if (away)
        events::emit(events_, "destination_away", events::Level::warning,
                     "nobody answers at a destination; its deliveries wait", {{"destination", name}});
    else
        events::emit(events_, "destination_back", events::Level::info, "a destination answers again",
                     {{"destination", name}});
}

void DeliveryWorker::tell(const Attempt& attempt, std::int64_t attempts) const {
    const ConfigName name(options_.destination);
    const auto say = [&](events::Literal event, events::Level level, events::Literal sentence) {
        events::emit(events_, event, level, sentence, {{"destination", name}, {"attempts", attempts}});
    };
    if (attempt.state == Outcome::pending && attempt.kind == Attempt::Kind::doubtful)
        say("delivery_resent", events::Level::warning, "a delivery may have arrived without proof and is sent again");
    else if (attempt.state == Outcome::pending && attempt.answer_until.micros == 0)
        say("delivery_failed", events::Level::warning, "a delivery failed and will be tried again");
    if (attempt.state == Outcome::dead)
        say("delivery_dead", events::Level::error, "a delivery was given up and needs a person");
    if (attempt.state == Outcome::held)
        say("delivery_held", events::Level::error, "a delivery is held and needs a person");
    if (attempt.state == Outcome::in_doubt)
        say("delivery_in_doubt", events::Level::error, "a delivery may have arrived without proof and needs a person");
}

}  // namespace gantry::runtime
