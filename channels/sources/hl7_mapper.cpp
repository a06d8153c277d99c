#include "channels/sources/hl7_mapper.hpp"

#include <algorithm>
#include <charconv>

#include "engine/base/digest.hpp"
#include "engine/hl7/acknowledgment.hpp"
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

// What the channel's rules and its destinations' conditions want of one message.
class Wishes {
  public:
    Wishes(const Hl7Handling& handling, const hl7::Message& message) : handling_(handling), message_(message) {}

    // The message is not accepted, or a rule cannot be asked.
    std::optional<effects::Effects> refused() {
        for (const auto& [name, rule] : handling_.accept) {
            const auto holds = inquiry().holds(rule);
            if (!holds) return rejected(holds.error());
            if (!*holds) return filtered(name);
        }
        return std::nullopt;
    }

    // To the destinations that want it; when none does, it is filtered.
    effects::Effects distributed(effects::Effects effects) {
        const bool records = wants("records", handling_.records), worklist = wants("worklist", handling_.worklist);
        for (const auto& destination : handling_.queued)
            if (wanted(destination)) deliver(destination, effects);
        if (error_) return rejected(std::move(*error_));
        // A worklist is made of records: without them it gets nothing.
        if (!declined_.empty() && !records && effects.deliveries.empty()) return filtered("no destination wants it");
        if (!records) {
            effects.patient.reset();
            effects.merges.clear();
            effects.orders.clear();
            effects.schedule.reset();
            effects.reports.clear();
        }
        if (!worklist) {
            for (auto& order : effects.orders) order.steps.clear();
        }
        effects.declined = std::move(declined_);
        return effects;
    }

  private:
    static effects::Effects filtered(std::string rule) {
        effects::Effects out;
        out.disposition = Disposition::filter;
        out.filtered_by = std::move(rule);
        return out;
    }

    bool wants(const char* name, const ImmediateDestination& destination) {
        return destination.exists && wanted(name, destination.when);
    }

    // What its mapping does not name is not for it.
    bool wanted(const QueuedDestination& destination) {
        const auto& mapping = destination.mapping;
        if (!mapping || mapping->writes(message_.type(), message_.event()))
            return wanted(destination.name, destination.when);
        declined_.push_back(destination.name);
        return false;
    }

    void deliver(const QueuedDestination& destination, effects::Effects& effects) {
        const auto urgency = urgency_of(destination);
        if (!destination.mapping) return effects.deliveries.push_back({destination.name, {}, true, urgency});
        auto text = destination.mapping->write(message_, handling_.context);
        if (text)
            effects.deliveries.push_back({destination.name, std::move(*text), false, urgency});
        else if (!error_)
            error_ = text.error();
    }

    effects::Urgency urgency_of(const QueuedDestination& destination) {
        if (!destination.urgent_when) return effects::Urgency::unranked;
        const auto urgent = inquiry().holds(*destination.urgent_when);
        if (!urgent) error_ = urgent.error();
        return urgent && *urgent ? effects::Urgency::urgent : effects::Urgency::ordinary;
    }

    bool wanted(const std::string& name, const std::optional<mappings::Rule>& when) {
        if (!when) return true;
        const auto holds = inquiry().holds(*when);
        if (!holds) error_ = holds.error();
        if (holds && !*holds) declined_.push_back(name);
        return holds && *holds;
    }

    // Made for the first question: most channels have none.
    mappings::Inquiry& inquiry() {
        if (!inquiry_) inquiry_.emplace(message_, handling_.context);
        return *inquiry_;
    }

    const Hl7Handling& handling_;
    const hl7::Message& message_;
    std::optional<mappings::Inquiry> inquiry_;
    std::vector<std::string> declined_;
    std::optional<Error> error_;
};

// Of all its orders, each once.
std::string accession_numbers(const effects::Effects& effects) {
    std::vector<std::string> all;
    const auto add = [&](const std::vector<effects::OrderChange>& orders) {
        for (const auto& order : orders) {
            auto number = order.fields.value(effects::OrderField::accession_number);
            const bool new_one = !number.empty() && std::find(all.begin(), all.end(), number) == all.end();
            if (new_one) all.push_back(std::move(number));
        }
    };
    add(effects.orders);
    for (const auto& report : effects.reports) add(report.orders);
    std::string out;
    for (const auto& number : all) out += (out.empty() ? "" : std::string(1, effects::key_separator)) + number;
    return out;
}

// A key is compared and stored with every delivery.
std::string short_key(std::string text) {
    constexpr std::size_t longest = 200;
    if (text.size() <= longest) return text;
    const auto sum = sha256(text);
    return hex({reinterpret_cast<const char*>(sum.data()), sum.size()});
}

const Zone& zone_of(const mappings::MappingContext& context) {
    static const Zone utc("UTC");
    return context.zone ? *context.zone : utc;
}

}  // namespace

Hl7Mapper::Reading Hl7Mapper::read(const runtime::Inbound& inbound) const {
    if (inbound.broken) return {rejected(*inbound.broken), {}, {}};
    const auto& always =
        handling_.always_character_set.empty() ? inbound.character_set : handling_.always_character_set;
    auto decoded = hl7::decode(inbound.bytes, {handling_.character_set, always});
    if (decoded.replaced) return {rejected({ErrorCode::hl7_bad_charset, decoded.charset, "MSH-18"}), {}, {}};
    const auto message = hl7::Message::parse(std::move(decoded.utf8));
    if (!message) return {rejected(message.error()), {}, {}};
    Reading reading;
    if (handling_.acknowledgments.order_responses) reading.pid = std::string(message->segment("PID").raw());
    handle(*message, inbound, reading);
    return reading;
}

void Hl7Mapper::handle(const hl7::Message& message, const runtime::Inbound& inbound, Reading& reading) const {
    auto& effects = reading.effects;
    if (auto error = mappings::unusable(message, handling_.context)) return void(effects = rejected(std::move(*error)));
    Wishes wishes(handling_, message);
    if (auto refused = wishes.refused()) return void(effects = std::move(*refused));
    if ((reading.reply_to = reply_in(message))) return;
    effects = handling_.mappings.map(message, handling_.context, inbound.received);
    judge(message, reading);
    if (effects.disposition != Disposition::apply) return;
    order_deliveries(message, inbound.peer, effects);
    effects = wishes.distributed(std::move(effects));
}

std::optional<store::Reply> Hl7Mapper::reply_in(const hl7::Message& message) const {
    if (handling_.replies_to.empty()) return std::nullopt;
    const auto acknowledgments = hl7::read_acknowledgments(message);
    if (acknowledgments.empty()) return std::nullopt;
    const auto& first = acknowledgments.front();
    return store::Reply{handling_.replies_to, first.control_id, {}, hl7::to_text(first)};
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

// Where the message does not say what the channel orders by, its patients do.
void Hl7Mapper::order_deliveries(const hl7::Message& message, const std::string& peer,
                                 effects::Effects& effects) const {
    auto address = peer.substr(0, peer.rfind(':'));
    auto chosen = chosen_key(message, effects, address);
    effects.ordered_by_key = !chosen.empty();
    if (!chosen.empty()) effects.ordering_key = std::move(chosen);
    if (effects.ordering_key.empty()) effects.ordering_key = std::move(address);
}

std::string Hl7Mapper::chosen_key(const hl7::Message& message, const effects::Effects& effects,
                                  const std::string& address) const {
    const auto& [by, path] = handling_.ordering;
    switch (by) {
        case Ordering::By::patient:
            return {};
        case Ordering::By::accession:
            return accession_numbers(effects);
        case Ordering::By::peer:
            return address;
        case Ordering::By::path:
            return short_key(mappings::text_at(*path, message));
    }
    return {};
}

store::Unit Hl7Mapper::interpret(runtime::Inbound message) const {
    store::Unit unit;
    auto context = hl7::read_ack_context(message.bytes);
    auto reading = read(message);
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
    if (reading.reply_to) {
        reading.reply_to->names = store::reply_names(context.sending_application, context.sending_facility,
                                                     context.receiving_application, context.receiving_facility);
        unit.reply_to = std::move(reading.reply_to);
    }
    if (handling_.sequence_numbers && context.usable) count(unit, context.sequence_number);
    answer(unit, std::move(context), std::move(reading));
    return unit;
}

// 0 and -1 are about the numbers alone, whatever else is in the message.
void Hl7Mapper::count(store::Unit& unit, const std::string& number) const {
    if (number.empty()) return;
    std::int64_t value = 0;
    const auto* end = number.data() + number.size();
    const auto read = std::from_chars(number.data(), end, value);
    constexpr std::int64_t largest = 999'999'999'999'999;  // NM has 16 characters
    if (read.ec != std::errc() || read.ptr != end || value < -1 || value > largest) {
        unit.effects = rejected({ErrorCode::hl7_bad_value, "no sequence number", "MSH-13"});
        return;
    }
    unit.number = value;
    if (value > 0) return;
    unit.reply_to.reset();
    unit.effects = {};
    unit.effects.disposition = Disposition::filter;
    unit.effects.filtered_by = value == 0 ? "it asks for the sequence number" : "it resets the sequence number";
}

// Both of a unit's answers are made of the same outcome, in the transaction that stores it.
void Hl7Mapper::answer(store::Unit& unit, hl7::AckContext context, Reading reading) const {
    const auto& how = handling_.acknowledgments;
    const bool is_reply = unit.reply_to.has_value(), apart = !how.application_to.empty() && context.enhanced();
    const auto both = [context = std::move(context), pid = std::move(reading.pid),
                       problems = std::move(reading.problems), zone = &zone_of(handling_.context), how,
                       is_reply](const effects::UnitOutcome& outcome, Instant committed) {
        return acknowledgments(context, outcome, zone->local(committed), pid, how, problems, is_reply);
    };
    if (apart) {
        unit.answer_to = how.application_to;
        unit.answer = [both](const auto& outcome, Instant committed) { return both(outcome, committed).application; };
        unit.reply = [both](const auto& outcome, Instant committed) { return both(outcome, committed).accept; };
        return;
    }
    unit.reply = [both](const auto& outcome, Instant committed) {
        auto [accept, application] = both(outcome, committed);
        return accept + application;
    };
}

}  // namespace gantry::channels
