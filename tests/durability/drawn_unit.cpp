#include "tests/durability/drawn_unit.hpp"

#include "engine/base/base64.hpp"

namespace gantry::durability {
namespace {

using effects::Outcome;

store::Unit plain_unit(const std::string& control_id, Instant now) {
    static const effects::OrderPolicy policy;
    store::Unit out;
    out.channel = "forward";
    out.peer = "127.0.0.1:40000";
    out.received = now;
    out.sender = "HIS|HOSP";
    out.control_id = control_id;
    out.type = "ORM^O01";
    out.content = "content of " + control_id;
    out.policy = &policy;
    out.reply = [](const effects::UnitOutcome& outcome, Instant) { return std::string(to_text(outcome.outcome)); };
    return out;
}

std::string drawn_lanes(Draws& draws) {
    auto out = "lane " + std::to_string(draws.below(4));
    if (draws.one_in(4)) out += effects::key_separator + ("lane " + std::to_string(draws.below(4)));
    return out;
}

effects::Urgency drawn_urgency(Draws& draws) {
    return draws.one_in(4) ? effects::Urgency::urgent : effects::Urgency::ordinary;
}

// One of four documents, as base64 that is kept apart from the body.
std::string drawn_attachment(Draws& draws) {
    const auto bytes = "document " + std::to_string(draws.below(4)) + std::string(store::least_attachment, ' ');
    return "|" + to_base64(bytes) + "|";
}

void reject(effects::Effects& effects, ErrorCode code) {
    effects.disposition = effects::Disposition::reject;
    effects.error = Error{code, {}, {}};
}

}  // namespace

DrawnUnit drawn_unit(Draws& draws, const std::string& control_id, Instant now,
                     const std::vector<DrawnDestination>& destinations) {
    DrawnUnit out{plain_unit(control_id, now), Outcome::delivered};
    auto& effects = out.unit.effects;
    const auto attachment = draws.one_in(4) ? drawn_attachment(draws) : std::string();
    out.unit.content += attachment;
    effects.ordering_key = drawn_lanes(draws);
    effects.ordered_by_key = draws.one_in(2);
    for (const auto& [destination, ranked] : destinations) {
        if (!draws.one_in(2)) continue;
        const bool as_received = draws.one_in(2);
        effects.deliveries.push_back({destination, as_received ? "" : "changed for " + destination + attachment,
                                      as_received, ranked ? drawn_urgency(draws) : effects::Urgency::unranked});
        out.outcome = Outcome::pending;
    }
    switch (draws.below(20)) {
        case 0:
            effects.disposition = effects::Disposition::filter;
            effects.filtered_by = "rule";
            out.outcome = Outcome::filtered;
            break;
        case 1:
            reject(effects, ErrorCode::usage);
            out.outcome = Outcome::rejected;
            break;
        case 2:
            reject(effects, ErrorCode::patient_ambiguous);
            out.outcome = Outcome::held;
            break;
        default:
            break;
    }
    return out;
}

}  // namespace gantry::durability
