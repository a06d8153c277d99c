#include "channels/sources/hl7_mapper.hpp"

#include <algorithm>

#include "engine/hl7/decode.hpp"

namespace gantry::channels {
namespace {

using effects::Disposition;

effects::Effects rejected(Error error) {
    effects::Effects out;
    out.disposition = Disposition::reject;
    out.error = std::move(error);
    return out;
}

const Zone& zone_of(const mappings::MappingContext& context) {
    static const Zone utc("UTC");
    return context.zone ? *context.zone : utc;
}

}  // namespace

effects::Effects Hl7Mapper::effects_of(const std::string& bytes, Instant received, std::string& pid) const {
    auto decoded = hl7::decode(bytes, handling_.character_set);
    if (decoded.replaced) return rejected({ErrorCode::hl7_bad_charset, decoded.charset, "MSH-18"});
    const auto message = hl7::Message::parse(std::move(decoded.utf8));
    if (!message) return rejected(message.error());
    if (handling_.order_responses) pid = std::string(message->segment("PID").raw());
    auto effects = handling_.mappings.evaluate(*message, handling_.context, received);
    if (effects.disposition != Disposition::apply) return effects;
    if (!handling_.records) {
        effects.patient.reset();
        effects.merges.clear();
        effects.orders.clear();
        effects.schedule.reset();
    }
    if (!handling_.worklist) {
        for (auto& order : effects.orders) order.steps.clear();
    }
    for (const auto& destination : handling_.queued) effects.deliveries.push_back({destination, {}, true});
    return effects;
}

store::Unit Hl7Mapper::interpret(runtime::Inbound message) const {
    store::Unit unit;
    auto context = hl7::read_ack_context(message.bytes);
    std::string pid;
    unit.effects = message.broken ? rejected(*message.broken) : effects_of(message.bytes, message.received, pid);
    unit.channel = handling_.channel;
    unit.revision = handling_.revision;
    unit.peer = std::move(message.peer);
    unit.received = message.received;
    unit.sender = handling_.channel + "|" + context.sending_application + "|" + context.sending_facility;
    unit.control_id = context.control_id;
    unit.type = context.event.empty() ? context.type : context.type + "^" + context.event;
    unit.content = std::move(message.bytes);
    unit.policy = &handling_.orders;
    unit.reply = [context = std::move(context), pid = std::move(pid), zone = &zone_of(handling_.context),
                  responses = handling_.order_responses](const effects::UnitOutcome& outcome, Instant committed) {
        return acknowledgment(context, outcome, zone->local(committed), pid, responses);
    };
    return unit;
}

}  // namespace gantry::channels
