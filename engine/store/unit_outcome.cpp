#include "engine/store/unit_outcome.hpp"

#include <algorithm>

namespace gantry::store {
namespace {

using effects::Disposition;
using effects::Outcome;

Outcome refused(const Error& error) {
    return info(error.code).then == Remedy::hold ? Outcome::held : Outcome::rejected;
}

// An order or result that came again under a new control id: whoever is behind us has it already.
bool only_repeats(const effects::Plan& plan) {
    const bool orders = std::any_of(plan.records.begin(), plan.records.end(), [](const auto& record) {
        return record.kind == effects::RecordKind::order || record.kind == effects::RecordKind::report;
    });
    return orders && plan.patches.empty() &&
           std::all_of(plan.records.begin(), plan.records.end(),
                       [](const auto& record) { return record.what == effects::RecordOutcome::What::unchanged; });
}

Outcome applied(const Unit& unit, const effects::Plan& plan) {
    if (plan.refused) return refused(*plan.refused);
    if (!plan.filtered_by.empty()) return Outcome::filtered;
    return unit.effects.deliveries.empty() || only_repeats(plan) ? Outcome::delivered : Outcome::pending;
}

std::string lane_of(const Unit& unit, const effects::Plan& plan) {
    if (unit.effects.ordered_by_key) return unit.effects.ordering_key;
    std::string out;
    for (const auto patient : plan.subjects) {
        if (!out.empty()) out += effects::key_separator;
        out += "patient " + std::to_string(patient.value);
    }
    if (!out.empty()) return out;
    return unit.effects.ordering_key.empty() ? "peer " + unit.peer : unit.effects.ordering_key;
}

Decision repeat(const EarlierCopy& earlier, IdSource& ids) {
    Decision out;
    out.done.durable = true;
    out.done.outcome.message = ids.next();
    out.done.outcome.outcome = Outcome::duplicate;
    out.done.reply = earlier.reply;
    out.duplicate_of = earlier.id;
    return out;
}

}  // namespace

void prepare(Unit& unit) {
    auto& out = unit.prepared.emplace();
    out.digest = sha256(unit.content);
    out.content = stored_body(unit.content);
    out.payloads.reserve(unit.effects.deliveries.size());
    for (const auto& delivery : unit.effects.deliveries) out.payloads.push_back(stored_body(delivery.payload));
}

bool within_window(const EarlierCopy& earlier, Instant now, std::chrono::seconds window) {
    return now.micros - earlier.received.micros <= std::chrono::microseconds(window).count();
}

Decision decide(Unit& unit, const EarlierCopy* earlier, effects::RecordReader& records, IdSource& ids, Instant now) {
    if (earlier) return repeat(*earlier, ids);
    if (unit.effects.disposition == Disposition::reject) return refuse(unit, *unit.effects.error, ids, now);
    Decision out;
    auto& outcome = out.done.outcome;
    out.done.durable = true;
    outcome.message = ids.next();
    if (unit.effects.disposition == Disposition::filter) {
        outcome.outcome = Outcome::filtered;
        outcome.filtered_by = unit.effects.filtered_by;
    } else {
        out.plan = effects::reconcile(unit.effects, records, ids, *unit.policy);
        outcome.error = out.plan.refused;
        outcome.records = out.plan.records;
        outcome.warnings = out.plan.warnings;
        outcome.outcome = applied(unit, out.plan);
        out.lane = lane_of(unit, out.plan);
        outcome.filtered_by = out.plan.filtered_by;
    }
    out.done.reply = unit.reply(outcome, now);
    out.first_of_its_kind = !unit.control_id.empty() && !outcome.error;
    return out;
}

Decision refuse(Unit& unit, const Error& error, IdSource& ids, Instant now) {
    Decision out;
    out.done.durable = true;
    out.done.outcome.message = ids.next();
    out.done.outcome.outcome = refused(error);
    out.done.outcome.error = error;
    out.done.reply = unit.reply(out.done.outcome, now);
    return out;
}

Committed not_stored(Unit& unit, std::string why, Instant now) {
    Committed out;
    out.outcome.outcome = Outcome::rejected;
    out.outcome.error = Error{ErrorCode::storage_unavailable, std::move(why), {}};
    out.reply = unit.reply(out.outcome, now);
    return out;
}

}  // namespace gantry::store
