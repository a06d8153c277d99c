#include "engine/store/unit_outcome.hpp"

#include <algorithm>

#include "engine/store/patches.hpp"

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
    const bool known = !unit.reprocessing && only_repeats(plan);
    return unit.effects.deliveries.empty() || known ? Outcome::delivered : Outcome::pending;
}

// What came later has said the last word about a record. Patients stay, for the lanes.
void restrict_to(const Reprocessing& how, effects::Plan& plan) {
    const bool overtaken = std::any_of(plan.patches.begin(), plan.patches.end(),
                                       [&](const auto& patch) { return patch.previous_change > how.original.value; });
    if (how.records && !overtaken) return;
    effects::Plan rest;
    rest.subjects = std::move(plan.subjects);
    if (how.records) rest.refused = Error{ErrorCode::storage_overtaken, {}, {}};
    plan = std::move(rest);
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

// A message that is done is so when everybody was told of it, too.
void notify(const Unit& unit, Decision& decision, effects::RecordReader& records) {
    auto& outcome = decision.done.outcome;
    const bool applied = outcome.outcome == Outcome::delivered || outcome.outcome == Outcome::pending;
    if (!unit.notices || !applied || decision.plan.patches.empty()) return;
    decision.notices = unit.notices(decision.plan, records);
    if (!decision.notices.empty()) outcome.outcome = Outcome::pending;
}

// A message that is done is so when its answer has left, too.
void answer_apart(const Unit& unit, Decision& decision, Instant now) {
    auto& outcome = decision.done.outcome;
    auto text = unit.answer ? unit.answer(outcome, now) : std::string();
    if (text.empty()) return;
    decision.answer = std::move(text);
    if (decision.lane.empty()) decision.lane = lane_of(unit, decision.plan);
    if (outcome.outcome == Outcome::delivered) outcome.outcome = Outcome::pending;
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

// What a number means where `last` was accepted last (HL7 v2.9 2.10.1).
struct Turn {
    std::optional<std::int64_t> expected, last;  // MSA-4; what is kept
    std::optional<Error> error;
};

Turn turn_of(std::int64_t number, std::int64_t last) {
    const auto next = last < 0 ? last : last + 1;
    if (number == 0) return {next, {}, {}};
    if (number == -1) return {-1, -1, {}};
    if (number > 0 && (last < 0 || number == next)) return {number, number, {}};
    return {next, {}, Error{ErrorCode::hl7_out_of_sequence, std::to_string(next) + " is expected", "MSH-13"}};
}

// A number that was in its turn is used up, whatever is said of the content.
Decision refused_for(Unit& unit, const Error& error, const Turn& turn, IdSource& ids, Instant now) {
    Decision out;
    auto& outcome = out.done.outcome;
    out.done.durable = true;
    outcome.message = ids.next();
    outcome.outcome = refused(error);
    outcome.error = error;
    outcome.expected_number = turn.expected;
    out.last_number = turn.last;
    out.done.reply = unit.reply(outcome, now);
    answer_apart(unit, out, now);
    return out;
}

}  // namespace

void prepare(Unit& unit) {
    auto& out = unit.prepared.emplace();
    out.digest = sha256(unit.content);
    Attachments attachments(unit.effects.reports);
    out.content = stored_body(unit.content, attachments);
    out.payloads.reserve(unit.effects.deliveries.size());
    for (const auto& delivery : unit.effects.deliveries)
        out.payloads.push_back(stored_body(delivery.payload, attachments));
    out.attachments = std::move(attachments).taken();
}

bool may_be_copy(const Unit& unit) {
    return !unit.number || *unit.number > 0;
}

bool within_window(const EarlierCopy& earlier, Instant now, std::chrono::seconds window) {
    return now.micros - earlier.received.micros <= std::chrono::microseconds(window).count();
}

bool acknowledges(const Unit& unit) {
    return unit.reply_to && unit.effects.disposition == Disposition::apply;
}

Decision decide(Unit& unit, const EarlierCopy* earlier, effects::RecordReader& records, IdSource& ids, Instant now,
                const Found& found) {
    if (earlier && !unit.reprocessing) return repeat(*earlier, ids);
    const auto turn = unit.number ? turn_of(*unit.number, found.last_number) : Turn();
    if (turn.error) return refused_for(unit, *turn.error, turn, ids, now);
    if (unit.effects.disposition == Disposition::reject) return refused_for(unit, *unit.effects.error, turn, ids, now);
    Decision out;
    out.last_number = turn.last;
    out.done.outcome.expected_number = turn.expected;
    auto& outcome = out.done.outcome;
    out.done.durable = true;
    outcome.message = ids.next();
    if (unit.effects.disposition == Disposition::filter) {
        outcome.outcome = Outcome::filtered;
        outcome.filtered_by = unit.effects.filtered_by;
    } else if (acknowledges(unit)) {
        out.answers = found.match.delivery;
        outcome.outcome = found.match.delivery.value != 0 ? Outcome::delivered : Outcome::filtered;
        outcome.filtered_by = found.match.reason;
    } else {
        out.plan = effects::reconcile(unit.effects, records, ids, *unit.policy);
        if (unit.reprocessing) restrict_to(*unit.reprocessing, out.plan);
        outcome.error = out.plan.refused;
        outcome.records = out.plan.records;
        outcome.warnings = out.plan.warnings;
        outcome.outcome = applied(unit, out.plan);
        out.lane = lane_of(unit, out.plan);
        outcome.filtered_by = out.plan.filtered_by;
    }
    out.done.reply = unit.reply(outcome, now);
    out.delivers = outcome.outcome == Outcome::pending;
    notify(unit, out, records);
    answer_apart(unit, out, now);
    out.first_of_its_kind = !unit.control_id.empty() && !outcome.error && may_be_copy(unit) && !earlier;
    if (unit.preview) {
        out.done.durable = false;
        out.done.patches = patches_text(out.plan.patches);
    }
    return out;
}

Decision refuse(Unit& unit, const Error& error, IdSource& ids, Instant now) {
    return refused_for(unit, error, {}, ids, now);
}

std::size_t received_of(std::span<const Unit> units) {
    return static_cast<std::size_t>(
        std::count_if(units.begin(), units.end(), [](const Unit& unit) { return !unit.preview; }));
}

Committed not_stored(Unit& unit, std::string why, Instant now) {
    Committed out;
    out.outcome.outcome = Outcome::rejected;
    out.outcome.error = Error{ErrorCode::storage_unavailable, std::move(why), {}};
    out.reply = unit.reply(out.outcome, now);
    return out;
}

}  // namespace gantry::store
