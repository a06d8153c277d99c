#include "engine/effects/schedule_rules.hpp"

#include <algorithm>
#include <set>

#include "engine/effects/order_rules.hpp"
#include "engine/effects/sentences.hpp"
#include "engine/effects/step_states.hpp"

namespace gantry::effects {
namespace {

using What = RecordOutcome::What;
using enum ScheduleAction;

const std::string did_not_come = "The patient did not come to the appointment (S26).";

// One appointment message being applied to its order.
class Application {
  public:
    Application(const ScheduleChange& change, OrderWrite& order, Workspace& records, Plan& plan)
        : change_(change), order_(order), fields_(order.after.fields), records_(records), plan_(plan) {}

    void run() {
        const auto& status = fields_[OrderField::status];
        if (change_.event_time < order_.after.event_time)
            return report(What::ignored, "an older message than the newest one applied to this order");
        if (change_.action == note) return report(What::ignored, "this appointment message changes nothing here");
        if (status == "COMPLETED" || status == "CANCELLED")
            return report(What::conflict, "the order is finished; the appointment does not change it");
        if (change_.action == unschedule || change_.action == no_show)
            unschedule_all();
        else
            book();
        if (!touched_) return report(What::conflict, untouched());
        settle();
        report(What::updated);
    }

  private:
    const char* untouched() const {
        return change_.items.empty() ? "no step of the order waits to be done; the appointment does not change it"
                                     : "no step of the order that waits to be done is the one of the appointment";
    }

    void unschedule_all() {
        for (auto& step : order_.after.steps) unschedule_step(step);
        if (change_.action == no_show) add_sentence(fields_[OrderField::warnings], did_not_come);
    }

    void unschedule_step(StepRecord& step) {
        if (!waiting_step(step)) return;
        touched_ = true;
        for (const auto field : {StepField::status, StepField::start_date, StepField::start_time})
            step.fields[field].clear();
    }

    void book() {
        if (change_.action != remove_items) remove_sentence(fields_[OrderField::warnings], did_not_come);
        for (std::size_t i = 0; i < fields_.size(); ++i)
            take(change_.fields.at(i), RecordKind::order, order_.after.id.value, i, fields_.at(i));
        if (change_.items.empty()) {
            for (auto& step : order_.after.steps)
                change_.action == remove_items ? unschedule_step(step) : book_step(step, change_.every);
        }
        for (std::size_t i = 0; i < change_.items.size(); ++i) apply_item(change_.items[i], i);
    }

    void apply_item(const ScheduleItem& item, std::size_t position) {
        auto* step = step_meant(item, position);
        if (step) taken_.insert(step->id.value);
        if (step && item.removed) return unschedule_step(*step);
        if (step) return book_step(*step, item.fields);
        const bool may_add = change_.action == schedule || change_.action == add_items;
        if (may_add && !item.removed) add_step(item, position);
    }

    // The step an item speaks of: the one it made, the one with its code, the one at its place.
    StepRecord* step_meant(const ScheduleItem& item, std::size_t position) {
        if (auto* made = only([&](const auto& step) { return step.fields[StepField::step_id] == number(position); }))
            return made;
        const auto& code = item.fields.value(StepField::protocol_code);
        if (auto* coded = only([&](const auto& step) {
                return !code.empty() && step.fields[StepField::protocol_code] == code && !closed_step(step);
            }))
            return coded;
        auto& steps = order_.after.steps;
        if (change_.action == add_items || position >= steps.size() || !free(steps[position])) return nullptr;
        // A removal must name what it removes, unless there is only one step it can mean.
        return item.removed && steps.size() > 1 ? nullptr : &steps[position];
    }

    bool free(const StepRecord& step) const { return !taken_.contains(step.id.value); }

    template <class Wanted>
    StepRecord* only(Wanted wanted) {
        StepRecord* out = nullptr;
        for (auto& step : order_.after.steps) {
            if (!free(step) || !wanted(step)) continue;
            if (out) return nullptr;
            out = &step;
        }
        return out;
    }

    // SCH-2 and the number of the item; empty where that does not fit.
    std::string number(std::size_t position) const {
        const auto text = change_.appointment + "-" + std::to_string(position + 1);
        return change_.appointment.empty() || text.size() > 16 ? std::string() : text;
    }

    void book_step(StepRecord& step, const FieldChanges<StepField>& said) {
        if (!waiting_step(step)) return;
        touched_ = true;
        for (std::size_t i = 0; i < said.size(); ++i) {
            if (i != static_cast<std::size_t>(StepField::status))
                take(said.at(i), RecordKind::step, step.id.value, i, step.fields.at(i));
        }
        step.fields[StepField::status] = change_.step_status.empty() ? "SCHEDULED" : change_.step_status;
    }

    void take(const FieldChange& said, RecordKind kind, std::int64_t id, std::size_t field, std::string& value) {
        if (said.says == FieldChange::Says::nothing || (said.fills && !value.empty())) return;
        value = said.value;
        records_.note_source(kind, id, field, said.source);
    }

    void add_step(const ScheduleItem& item, std::size_t position) {
        auto& step = records_.new_step(order_);
        taken_.insert(step.id.value);
        step.fields[StepField::step_id] =
            number(position).empty() ? short_number('S', step.id.value) : number(position);
        step.fields[StepField::placer_number] = fields_[OrderField::placer_number];
        book_step(step, item.fields);
        if (step.fields[StepField::modality].empty()) step.fields[StepField::modality] = fields_[OrderField::modality];
    }

    // What of the order follows from its steps.
    void settle() {
        auto& order = order_.after;
        order.event_time = std::max(order.event_time, change_.event_time);
        const auto first = std::find_if(order.steps.begin(), order.steps.end(), open_step);
        fields_[OrderField::scheduled_date] =
            first == order.steps.end() ? std::string()
                                       : first->fields[StepField::start_date] + first->fields[StepField::start_time];
        auto& status = fields_[OrderField::status];
        if (status != "IN_PROGRESS") status = first == order.steps.end() ? "ORDERED" : "SCHEDULED";
    }

    void report(What what, std::string reason = {}) {
        RecordOutcome outcome{RecordKind::order, what,          change_.place, std::move(reason), {},
                              change_.filler,    change_.placer};
        plan_.records.push_back(std::move(outcome));
    }

    const ScheduleChange& change_;
    OrderWrite& order_;
    FieldValues<OrderField>& fields_;
    Workspace& records_;
    Plan& plan_;
    std::set<std::int64_t> taken_;
    bool touched_ = false;
};

}  // namespace

Result<void> apply_schedule(const ScheduleChange& change, PatientId patient, Workspace& records, Plan& plan) {
    OrderChange wanted;
    wanted.place = change.place;
    wanted.number_place = change.number_place;
    wanted.placer = change.placer;
    wanted.filler = change.filler;
    if (!change.procedure.empty()) wanted.fields.set(OrderField::procedure_code, change.procedure);
    const auto found = find_order(wanted, patient, records);
    if (!found) return found.error();
    if (!found->id) return Error{ErrorCode::order_unknown, {}, wanted.place_of_number()};
    auto& order = records.edit_order(found->id);
    if (order.after.patient != patient)
        return Error{ErrorCode::order_ambiguous, "the order belongs to another patient", wanted.place_of_number()};
    Application(change, order, records, plan).run();
    return {};
}

}  // namespace gantry::effects
