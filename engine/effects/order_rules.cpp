#include "engine/effects/order_rules.hpp"

#include <algorithm>
#include <array>

#include "engine/base/digest.hpp"
#include "engine/effects/step_states.hpp"

namespace gantry::effects {
namespace {

using What = RecordOutcome::What;
using enum OrderField;

constexpr std::string_view replaced = "replaced by the order that follows";

// One group being applied to one order.
class Application {
  public:
    Application(const OrderChange& change, PatientId patient, Workspace& records, const OrderPolicy& policy, Plan& plan)
        : change_(change), patient_(patient), records_(records), policy_(policy), plan_(plan) {}

    Result<void> run(const FoundOrder& found) {
        if (!found.id) return run_unknown();
        order_ = &records_.edit_order(found.id);
        if (order_->after.patient != patient_)
            return Error{ErrorCode::order_ambiguous, "the order belongs to another patient", change_.place};
        const auto result = found.by_number ? run_known() : join_procedure();
        if (result) add_keys(found.has_placer_key, found.has_filler_key);
        return result;
    }

  private:
    // Orders nobody has seen yet.
    Result<void> run_unknown() {
        switch (change_.action) {
            case OrderAction::create:
            case OrderAction::create_or_update:
                return create("", "SCHEDULED");
            case OrderAction::create_held:
                return create("", "SCHEDULED", true);
            case OrderAction::create_completed:
                return create("COMPLETED", "COMPLETED");
            case OrderAction::create_cancelled:
            case OrderAction::cancel:
            case OrderAction::discontinue:
                return create("CANCELLED", "CANCELED");  // a tombstone: an older NW that comes later opens nothing
            case OrderAction::parent:
                return report(What::ignored, "a parent order only groups its children");
            case OrderAction::note:
                return report(What::ignored, "this notice changes nothing here");
            default:
                return refuse(ErrorCode::order_unknown);
        }
    }

    Result<void> run_known() {
        const auto& status = order_->after.fields[OrderField::status];
        if (older() && change_.action != OrderAction::note && change_.action != OrderAction::parent)
            return report(What::ignored, "an older message than the newest one applied to this order");
        switch (change_.action) {
            case OrderAction::create:
                return update_by_new(status);
            case OrderAction::create_held:
                return hold();
            case OrderAction::create_or_update:
                return update(status);
            case OrderAction::create_completed:
            case OrderAction::complete:
                return complete(status);
            case OrderAction::create_cancelled:
            case OrderAction::cancel:
                return cancel(status, "CANCELED");
            case OrderAction::discontinue:
                return cancel(status, "DISCONTINUED");
            case OrderAction::replace_old:
                return replace(status);
            case OrderAction::start:
                return progress(status, true);
            case OrderAction::partial_results:
                return progress(status, false);
            case OrderAction::hold:
                return hold();
            case OrderAction::release:
                return release();
            case OrderAction::status_only:
                return touch();
            case OrderAction::assign_number:
                return assign_number();
            case OrderAction::parent:
                return report(What::ignored, "a parent order only groups its children");
            case OrderAction::note:
                return report(What::ignored, "this notice changes nothing here");
        }
        return {};
    }

    bool older() const { return !change_.event_time.empty() && change_.event_time < order_->after.event_time; }
    bool started(const std::string& status) const { return status == "IN_PROGRESS"; }

    Result<void> create(const std::string& status, const std::string& step_status, bool held = false) {
        auto& write = records_.new_order();
        order_ = &write;
        write.after.patient = patient_;
        apply_fields();
        apply_providers();
        auto& fields = write.after.fields;
        fields[accession_issuer] = change_.accession_issuer;
        for (const auto& step : change_.steps) add_step(step, step_status);
        fields[OrderField::status] = status.empty() ? open_status() : status;
        if (held) fields[OrderField::hold] = "Y";
        if (fields[urgency].empty() && fields[urgency_sent].empty()) fields[urgency] = "ROUTINE";
        fields[replaces] = replaced_number();
        if (status.empty()) {
            if (const auto shown = can_be_shown(); !shown) return shown;
        }
        if (const auto numbered = complete_numbers(status == "CANCELLED"); !numbered) return numbered;
        settle();
        add_keys(false, false);
        return report(What::created);
    }

    // What no worklist answer may lack and nobody can make up (PS3.4 K.6, type 1).
    Result<void> can_be_shown() {
        const auto& steps = order_->after.steps;
        const bool modalities = std::all_of(steps.begin(), steps.end(),
                                            [](const auto& step) { return !step.fields[StepField::modality].empty(); });
        if (!modalities) return refuse(ErrorCode::map_no_modality);
        const auto* patient = records_.patient(patient_);
        if (patient && patient->fields[PatientField::name].empty()) return refuse(ErrorCode::patient_missing_name);
        return {};
    }

    // The group before this one replaced an order: this is the order in its place.
    std::string replaced_number() const {
        if (plan_.records.empty() || plan_.records.back().reason != replaced) return {};
        return plan_.records.back().placer.number;
    }

    // What the message did not say and the worklist cannot do without (PS3.4 K.6, type 1).
    Result<void> complete_numbers(bool tombstone) {
        auto& fields = order_->after.fields;
        if (policy_.order_filler && fields[filler_number].empty() && !tombstone)
            fields[filler_number] = short_number('F', order_->after.id.value);
        if (fields[accession_number].empty() && !tombstone) {
            if (!policy_.order_filler || !policy_.generate_accession)
                return Error{ErrorCode::order_no_accession, {}, change_.place};
            fields[accession_number] = short_number('G', order_->after.id.value);
        }
        if (fields[requested_procedure_id].empty()) fields[requested_procedure_id] = fields[accession_number];
        if (fields[study_instance_uid].empty() && !tombstone) fields[study_instance_uid] = study_uid();
        return {};
    }

    // Belongs to the requested procedure, so its name says which one; stored once and never computed again. An
    // accession number that is used again, after a cancellation or for somebody else, is a new study.
    std::string study_uid() {
        const auto& fields = order_->after.fields;
        const auto& number = fields[accession_number].empty() ? fields[placer_number] : fields[accession_number];
        const auto name = fields[accession_issuer] + '\x1f' + number + '\x1f' + fields[requested_procedure_id];
        const auto uid = uid_from_name(name);
        for (const auto id : records_.orders_with_accession(fields[accession_number], fields[accession_issuer])) {
            const auto& other = *records_.order(id);
            const bool another = other.fields[OrderField::status] == "CANCELLED" || other.patient != patient_;
            if (another && other.fields[study_instance_uid] == uid)
                return uid_from_name(name + '\x1f' + std::to_string(order_->after.id.value));
        }
        return uid;
    }

    std::string open_status() const {
        const bool timed = std::any_of(order_->after.steps.begin(), order_->after.steps.end(),
                                       [](const auto& step) { return !step.fields[StepField::start_date].empty(); });
        return timed || change_.control_status == "SC" ? "SCHEDULED" : "ORDERED";
    }

    void add_step(const StepChange& said, const std::string& status) {
        auto& step = records_.new_step(*order_);
        apply_step(step, said);
        step.fields[StepField::status] = status;
        step.fields[StepField::placer_number] = change_.placer.number;
        if (step.fields[StepField::step_id].empty()) step.fields[StepField::step_id] = short_number('S', step.id.value);
    }

    void apply_step(StepRecord& step, const StepChange& said) {
        for (std::size_t i = 0; i < said.fields.size(); ++i) {
            const auto& field = said.fields.at(i);
            if (field.says == FieldChange::Says::nothing || i == static_cast<std::size_t>(StepField::status)) continue;
            if (field.fills && !step.fields.at(i).empty()) continue;
            step.fields.at(i) = field.value;
            records_.note_source(RecordKind::step, step.id.value, i, field.source);
        }
    }

    void apply_fields() {
        for (std::size_t i = 0; i < change_.fields.size(); ++i) apply_field(static_cast<OrderField>(i));
        auto& fields = order_->after.fields;
        auto take = [&](OrderField to, const std::string& value) {
            if (!value.empty() && fields[to].empty()) fields[to] = value;
        };
        take(placer_number, change_.placer.number);
        take(placer_authority, change_.placer.authority);
        take(filler_number, change_.filler.number);
        take(filler_authority, change_.filler.authority);
    }

    // Numbers that tie images to the order are given once; a later message cannot change or clear them.
    static bool fixed(OrderField field) {
        static constexpr std::array once{accession_number, study_instance_uid, requested_procedure_id, placer_number,
                                         filler_number};
        return std::find(once.begin(), once.end(), field) != once.end();
    }

    // What no message can set by naming it.
    static bool engines_own(OrderField field) {
        return field == OrderField::status || field == OrderField::hold || field == moved_from;
    }

    void apply_field(OrderField field) {
        const auto& said = change_.fields[field];
        if (said.says == FieldChange::Says::nothing || engines_own(field)) return;
        auto& value = order_->after.fields[field];
        if (said.fills && !value.empty()) return;
        if (fixed(field) && !value.empty()) {
            if (value != said.value) identity_differs_ = true;
            return;
        }
        value = said.value;
        records_.note_source(RecordKind::order, order_->after.id.value, static_cast<std::size_t>(field), said.source);
    }

    void apply_providers() {
        const auto& fields = order_->after.fields;
        order_->after.ordered_by = records_.provider(fields[requesting_physician_id], {}, fields[requesting_physician]);
    }

    // The steps a group means: those it names, else those its placer number made, else all.
    StepRecord* step_meant(const StepChange& said, std::size_t position) {
        auto& steps = order_->after.steps;
        const auto& id = said.fields.value(StepField::step_id);
        if (!id.empty()) {
            const auto named = std::find_if(steps.begin(), steps.end(),
                                            [&](const auto& s) { return s.fields[StepField::step_id] == id; });
            return named == steps.end() ? nullptr : &*named;
        }
        std::vector<StepRecord*> own;
        for (auto& step : steps) {
            if (step.fields[StepField::placer_number] == change_.placer.number || change_.placer.number.empty())
                own.push_back(&step);
        }
        if (own.empty() && steps.size() == 1) return &steps.front();
        return position < own.size() ? own[position] : nullptr;
    }

    void apply_steps(bool reopen) {
        for (std::size_t i = 0; i < change_.steps.size(); ++i) {
            auto* step = step_meant(change_.steps[i], i);
            if (!step) {
                add_step(change_.steps[i], "SCHEDULED");
                continue;
            }
            if (reopen && (*step).fields[StepField::status] == "CANCELED")
                step->fields[StepField::status] = "SCHEDULED";
            if (!waiting_step(*step)) continue;
            apply_step(*step, change_.steps[i]);
            if (unscheduled_step(*step) && says_scheduled(change_.steps[i]))
                step->fields[StepField::status] = "SCHEDULED";
        }
    }

    // Enough to show a step again whose appointment was taken away.
    bool says_scheduled(const StepChange& said) const {
        return change_.control_status == "SC" || !said.fields.value(StepField::start_date).empty();
    }

    std::vector<StepRecord*> own_steps() {
        std::vector<StepRecord*> own, all;
        for (auto& step : order_->after.steps) {
            all.push_back(&step);
            if (step.fields[StepField::placer_number] == change_.placer.number) own.push_back(&step);
        }
        return own.empty() ? all : own;
    }

    void remember_time() {
        if (change_.event_time > order_->after.event_time) order_->after.event_time = change_.event_time;
    }

    // Values of the order that follow from its steps.
    void settle() {
        remember_time();
        if (order_->after.steps.empty()) return;
        const auto& first = order_->after.steps.front().fields;
        auto& fields = order_->after.fields;
        fields[OrderField::modality] = first[StepField::modality];
        fields[scheduled_date] = first[StepField::start_date] + first[StepField::start_time];
    }

    // NW for an order that is known: a resend, or a change sent the wrong way.
    Result<void> update_by_new(const std::string& status) {
        if (status == "CANCELLED") return reopen();
        const auto before = order_->after;
        if (started(status) || status == "COMPLETED")
            apply_harmless();
        else
            apply_all(false);
        if (order_->after.fields == before.fields && same_steps(before.steps))
            return report(What::unchanged, "already known");
        order_->after.fields[OrderField::hold] = before.fields[OrderField::hold];
        return report(What::conflict, "the order was known with other content; it was updated");
    }

    bool same_steps(const std::vector<StepRecord>& before) const {
        return std::equal(before.begin(), before.end(), order_->after.steps.begin(), order_->after.steps.end(),
                          [](const auto& a, const auto& b) { return a.fields == b.fields; });
    }

    Result<void> update(const std::string& status) {
        if (status == "CANCELLED") return reopen();
        if (started(status) || status == "COMPLETED") return update_started(status);
        apply_all(false);
        return report_update();
    }

    Result<void> update_started(const std::string& status) {
        apply_harmless();
        remember_time();
        if (!policy_.refuse_changes_once_started)
            return report(What::conflict, std::string(info(refusal(status)).hint));
        return refuse_but_keep(refusal(status));
    }

    static ErrorCode refusal(const std::string& status) {
        return status == "COMPLETED" || status == "CANCELLED" ? ErrorCode::order_final : ErrorCode::order_started;
    }

    // The order was cancelled and a newer message wants it: legal, and the only way out of CANCELLED.
    Result<void> reopen() {
        if (!change_.event_time.empty() && change_.event_time == order_->after.event_time && !order_->created)
            return report(What::ignored, "not newer than the cancellation");
        auto& fields = order_->after.fields;
        apply_all(true);
        if (const auto shown = can_be_shown(); !shown) return shown;
        if (const auto numbered = complete_numbers(false); !numbered) return numbered;
        fields[OrderField::status] = open_status();
        settle();
        return report(What::updated, "opened again after a cancellation");
    }

    void apply_all(bool reopening) {
        apply_fields();
        apply_providers();
        apply_steps(reopening);
        auto& status = order_->after.fields[OrderField::status];
        if (status == "ORDERED" && !reopening) status = open_status();
        settle();
    }

    void apply_harmless() {
        for (const auto field : {reason, urgency, urgency_sent, comments, patient_location, weight, size})
            apply_field(field);
    }

    // A further pair for the same requested procedure: one order, one more step.
    Result<void> join_procedure() {
        if (change_.action == OrderAction::note || change_.action == OrderAction::parent) return run_known();
        if (change_.action != OrderAction::create && change_.action != OrderAction::create_or_update)
            return refuse(ErrorCode::order_unknown);
        for (const auto& step : change_.steps) add_step(step, "SCHEDULED");
        if (order_->after.fields[OrderField::status] == "COMPLETED")
            order_->after.fields[OrderField::status] = "IN_PROGRESS";
        settle();
        return report(What::updated, "one more step of a procedure that is already ordered");
    }

    Result<void> progress(const std::string& status, bool steps_too) {
        if (status == "COMPLETED" || status == "CANCELLED")
            return conflict("the order is already finished; its status was kept");
        order_->after.fields[OrderField::status] = "IN_PROGRESS";
        if (steps_too) {
            for (auto* step : own_steps()) {
                if (waiting_step(*step)) step->fields[StepField::status] = "STARTED";
            }
        }
        return report_after_status();
    }

    Result<void> complete(const std::string& status) {
        if (status == "CANCELLED") return conflict("the order is cancelled; its status was kept");
        order_->after.fields[OrderField::status] = "COMPLETED";
        for (auto& step : order_->after.steps) {
            if (!closed_step(step)) step.fields[StepField::status] = "COMPLETED";
        }
        return report_after_status();
    }

    Result<void> cancel(const std::string& status, const std::string& step_status) {
        if (status == "CANCELLED") return report_after_status();
        const bool under_way = started(status) && change_.action != OrderAction::discontinue;
        if (status == "COMPLETED" || (under_way && policy_.order_filler)) return refuse(refusal(status));
        for (auto* step : own_steps()) {
            if (waiting_step(*step))
                step->fields[StepField::status] = step_status;
            else if (!closed_step(*step))
                step->fields[StepField::status] = "DISCONTINUED";
        }
        if (under_way) plan_.warnings.push_back(change_.place + ": the procedure had started; it was discontinued");
        const bool nothing_left = std::all_of(order_->after.steps.begin(), order_->after.steps.end(), closed_step);
        if (nothing_left) order_->after.fields[OrderField::status] = "CANCELLED";
        return report_after_status();
    }

    Result<void> replace(const std::string& status) {
        auto cancelled = cancel(status, "CANCELED");
        if (cancelled) plan_.records.back().reason = replaced;
        return cancelled;
    }

    Result<void> hold() {
        const auto& status = order_->after.fields[OrderField::status];
        if (started(status) || status == "COMPLETED" || status == "CANCELLED") return refuse(refusal(status));
        order_->after.fields[OrderField::hold] = "Y";
        return report_after_status();
    }

    Result<void> release() {
        const auto& status = order_->after.fields[OrderField::status];
        if (status == "COMPLETED" || status == "CANCELLED") return refuse(ErrorCode::order_final);
        order_->after.fields[OrderField::hold].clear();
        return report_after_status();
    }

    Result<void> touch() {
        auto& status = order_->after.fields[OrderField::status];
        if (status == "CANCELLED" && change_.control_status == "SC") return reopen();
        if (status == "ORDERED" && change_.control_status == "SC") {
            status = "SCHEDULED";
            for (auto& step : order_->after.steps) {
                if (unscheduled_step(step)) step.fields[StepField::status] = "SCHEDULED";
            }
        }
        return report_after_status();
    }

    Result<void> assign_number() {
        auto& filler = order_->after.fields[filler_number];
        if (filler.empty())
            filler = change_.filler.number.empty() ? short_number('F', order_->after.id.value) : change_.filler.number;
        return report_after_status();
    }

    Result<void> conflict(const std::string& why) { return report(What::conflict, why); }

    Result<void> report_after_status() {
        remember_time();
        return report_update();
    }

    Result<void> report_update() {
        if (identity_differs_)
            return report(What::conflict,
                          "the accession number, study UID or order number cannot change; the first was kept");
        return report(What::updated);
    }

    Result<void> report(What what, std::string reason = {}) {
        RecordOutcome outcome{RecordKind::order,  what,           change_.place, std::move(reason),
                              change_.reply_done, change_.filler, change_.placer};
        if (order_) outcome.filler.number = order_->after.fields[filler_number];
        if (order_) outcome.filler.authority = order_->after.fields[filler_authority];
        plan_.records.push_back(std::move(outcome));
        return {};
    }

    Error refuse(ErrorCode code) const { return {code, {}, change_.place}; }

    // UX: the message is answered with an error, although its harmless parts were applied.
    Result<void> refuse_but_keep(ErrorCode code) {
        plan_.records.push_back({RecordKind::order, What::conflict, change_.place, std::string(info(code).sentence),
                                 change_.reply_unable, change_.filler, change_.placer});
        return {};
    }

    void add_keys(bool has_placer, bool has_filler) {
        if (!order_) return;
        const auto& procedure = change_.fields.value(procedure_code);
        if (!has_placer && !change_.placer.number.empty())
            records_.add_order_key(*order_, placer_key(change_.placer, procedure));
        auto filler = change_.filler;
        if (filler.number.empty() && order_->created)
            filler = {order_->after.fields[filler_number], order_->after.fields[filler_authority]};
        if (!has_filler && !filler.number.empty()) records_.add_order_key(*order_, filler_key(filler, procedure));
    }

    const OrderChange& change_;
    PatientId patient_;
    Workspace& records_;
    const OrderPolicy& policy_;
    Plan& plan_;
    OrderWrite* order_ = nullptr;
    bool identity_differs_ = false;
};

}  // namespace

std::string short_number(char prefix, std::int64_t id) {
    static constexpr char digits[] = "0123456789ABCDEFGHJKLMNPQRSTUVWX";
    std::string out;
    for (auto rest = static_cast<std::uint64_t>(id); rest != 0; rest /= 32) out.push_back(digits[rest % 32]);
    out.push_back(prefix);
    std::reverse(out.begin(), out.end());
    return out;
}

Result<void> apply_order(const OrderChange& change, PatientId patient, Workspace& records, const OrderPolicy& policy,
                         Plan& plan) {
    const auto found = find_order(change, patient, records);
    if (!found) return found.error();
    return Application(change, patient, records, policy, plan).run(*found);
}

}  // namespace gantry::effects
