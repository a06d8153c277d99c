#include "engine/runtime/refusal_events.hpp"

namespace gantry::runtime {

void tell_of_refusal(const store::Unit& unit, const store::Committed& committed, events::Sink& sink) {
    const auto& outcome = committed.outcome;
    if (!outcome.error) return;
    const ConfigName channel(unit.channel);
    if (outcome.outcome == effects::Outcome::held)
        events::emit(sink, "message_held", events::Level::error,
                     "a message is held until a person decides: gantry messages --outcome held",
                     {{"channel", channel}, {"error", outcome.error->code}});
    const bool told = !committed.reply.empty() || unit.answer;
    if (outcome.outcome == effects::Outcome::rejected && !told)
        events::emit(sink, "message_refused_unanswered", events::Level::error,
                     "a message was refused and its sender, who wants no answers, was not told: gantry messages "
                     "--outcome rejected",
                     {{"channel", channel}, {"error", outcome.error->code}});
}

}  // namespace gantry::runtime
