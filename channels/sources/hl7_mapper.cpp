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

std::string sentence(const structures::Problem& problem) {
    const auto place = problem.location.text();
    return (place.empty() ? "" : place + ": ") + problem.text;
}

// The first problem that is an error stands for all.
Error not_valid(const std::vector<structures::Problem>& problems) {
    const auto first =
        std::find_if(problems.begin(), problems.end(), [](const auto& problem) { return problem.error; });
    const auto more = problems.size() > 1 ? ", and " + std::to_string(problems.size() - 1) + " more" : std::string();
    return {ErrorCode::hl7_not_valid, first->text + more, first->location.text()};
}

const Zone& zone_of(const mappings::MappingContext& context) {
    static const Zone utc("UTC");
    return context.zone ? *context.zone : utc;
}

}  // namespace

Hl7Mapper::Reading Hl7Mapper::read(const std::string& bytes, Instant received) const {
    auto decoded = hl7::decode(bytes, {handling_.character_set, handling_.always_character_set});
    if (decoded.replaced) return {rejected({ErrorCode::hl7_bad_charset, decoded.charset, "MSH-18"}), {}, {}};
    const auto message = hl7::Message::parse(std::move(decoded.utf8));
    if (!message) return {rejected(message.error()), {}, {}};
    Reading reading;
    if (handling_.order_responses) reading.pid = std::string(message->segment("PID").raw());
    reading.effects = handling_.mappings.evaluate(*message, handling_.context, received);
    judge(*message, reading);
    if (reading.effects.disposition == Disposition::apply) leave_out_destinations(reading.effects);
    return reading;
}

// A message that is not for this channel (AR) or filtered needs no judgement.
void Hl7Mapper::judge(const hl7::Message& message, Reading& reading) const {
    auto& effects = reading.effects;
    const bool not_for_us = effects.error && info(effects.error->code).hl7_ack == "AR";
    if (handling_.validation == Validation::off || effects.disposition == Disposition::filter || not_for_us) return;
    auto problems = structures::validate(message);
    const bool forbidden =
        std::any_of(problems.begin(), problems.end(), [](const auto& problem) { return problem.error; });
    if (handling_.validation == Validation::strict && forbidden) {
        effects = rejected(not_valid(problems));
        reading.problems = std::move(problems);
        return;
    }
    for (const auto& problem : problems) effects.ignored.push_back(sentence(problem));
}

void Hl7Mapper::leave_out_destinations(effects::Effects& effects) const {
    if (!handling_.records) {
        effects.patient.reset();
        effects.merges.clear();
        effects.orders.clear();
        effects.schedule.reset();
        effects.reports.clear();
    }
    if (!handling_.worklist) {
        for (auto& order : effects.orders) order.steps.clear();
    }
    for (const auto& destination : handling_.queued) effects.deliveries.push_back({destination, {}, true});
}

store::Unit Hl7Mapper::interpret(runtime::Inbound message) const {
    store::Unit unit;
    auto context = hl7::read_ack_context(message.bytes);
    auto reading = message.broken ? Reading{rejected(*message.broken), {}, {}} : read(message.bytes, message.received);
    unit.effects = std::move(reading.effects);
    unit.channel = handling_.channel;
    unit.revision = handling_.revision;
    unit.peer = std::move(message.peer);
    unit.received = message.received;
    unit.sender = handling_.channel + "|" + context.sending_application + "|" + context.sending_facility;
    unit.control_id = context.control_id;
    unit.type = context.event.empty() ? context.type : context.type + "^" + context.event;
    unit.content = std::move(message.bytes);
    unit.policy = &handling_.orders;
    unit.reply = [context = std::move(context), pid = std::move(reading.pid), problems = std::move(reading.problems),
                  zone = &zone_of(handling_.context), responses = handling_.order_responses,
                  cannot_now = handling_.cannot_now](const effects::UnitOutcome& outcome, Instant committed) {
        return acknowledgment(context, outcome, zone->local(committed), pid, responses, cannot_now, problems);
    };
    return unit;
}

}  // namespace gantry::channels
