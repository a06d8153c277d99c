#include "engine/effects/schedule_rules.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "engine/effects/order_rules.hpp"
#include "engine/effects/sentences.hpp"
#include "engine/effects/step_states.hpp"

namespace gantry::effects {
namespace {

using What = RecordOutcome::What;
using enum ScheduleAction;

const std::string did_not_come = "The patient did not come to the appointment (S26).";
const std::string less_urgent =
    "The appointment is less urgent than the order, or its priority is not known; the order's counts.";

std::size_t rank(const std::string& urgency) {
    static constexpr std::array<std::string_view, 4> ranks{"", "ROUTINE", "URGENT", "STAT"};
    return static_cast<std::size_t>(std::find(ranks.begin(), ranks.end(), urgency) - ranks.begin());
}

// An item of the appointment with its number, from 0.
struct Item {
    const ScheduleItem* item;
    std::size_t number;
};

// One appointment message being applied to one of its orders. `items`: those that are this order's; none: the
// appointment is every step's.
class Application {
  public:
    Application(const ScheduleChange& change, std::vector<Item> items, OrderWrite& order, Workspace& records,
                Plan& plan)
        : change_(change),
          items_(std::move(items)),
          order_(order),
          fields_(order.after.fields),
          records_(records),
          plan_(plan) {}

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
        return items_.empty() ? "no step of the order waits to be done; the appointment does not change it"
                              : "no step of the order that waits to be done is the one of the appointment";
    }

    void note_source(const StepRecord& step, StepField field, std::string_view source) {
        records_.note_source(RecordKind::step, step.id.value, static_cast<std::size_t>(field), source);
    }

    void unschedule_all() {
        for (auto& step : order_.after.steps) unschedule_step(step);
        if (change_.action == no_show) add_sentence(fields_[OrderField::warnings], did_not_come);
    }

    void unschedule_step(StepRecord& step) {
        if (!waiting_step(step)) return;
        touched_ = true;
        for (const auto field : {StepField::status, StepField::start_date, StepField::start_time}) {
            step.fields[field].clear();
            note_source(step, field, "MSH-9");
        }
    }

    void book() {
        if (change_.action != remove_items) remove_sentence(fields_[OrderField::warnings], did_not_come);
        for (std::size_t i = 0; i < fields_.size(); ++i) take_of_order(static_cast<OrderField>(i));
        if (items_.empty()) {
            for (auto& step : order_.after.steps)
                change_.action == remove_items ? unschedule_step(step) : book_step(step, change_.every);
        }
        for (std::size_t i = 0; i < items_.size(); ++i) apply_item(items_[i], i);
        name_procedure();
    }

    // An appointment makes an order more urgent, never less: it is not what the physician asked for.
    void take_of_order(OrderField field) {
        const auto& said = change_.fields[field];
        auto& value = fields_[field];
        const bool of_urgency = field == OrderField::urgency || field == OrderField::urgency_sent;
        if (of_urgency && !value.empty() && rank(said.value) <= rank(value) &&
            said.says != FieldChange::Says::nothing) {
            if (said.value != value) add_sentence(fields_[OrderField::warnings], less_urgent);
            return;
        }
        if (field == OrderField::urgency_sent && !fields_[OrderField::urgency].empty()) return;
        take(said, RecordKind::order, order_.after.id.value, static_cast<std::size_t>(field), value);
    }

    void apply_item(const Item& item, std::size_t position) {
        auto* step = step_meant(item, position);
        if (step) taken_.insert(step->id.value);
        if (step && item.item->removed) return unschedule_step(*step);
        if (step) return book_step(*step, item.item->fields);
        const bool may_add = change_.action == schedule || change_.action == add_items;
        if (may_add && !item.item->removed) add_step(item);
    }

    // The step an item speaks of: the one it made, the one with its code, the one at its place.
    StepRecord* step_meant(const Item& item, std::size_t position) {
        if (auto* made = only([&](const auto& step) { return step.fields[StepField::step_id] == number(item.number); }))
            return made;
        const auto& code = item.item->fields.value(StepField::protocol_code);
        if (auto* coded = only([&](const auto& step) {
                return !code.empty() && step.fields[StepField::protocol_code] == code && !closed_step(step);
            }))
            return coded;
        auto& steps = order_.after.steps;
        if (change_.action == add_items || position >= steps.size() || !free(steps[position])) return nullptr;
        // A removal must name what it removes, unless there is only one step it can mean.
        return item.item->removed && steps.size() > 1 ? nullptr : &steps[position];
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
    std::string number(std::size_t item) const {
        const auto text = change_.appointment + "-" + std::to_string(item + 1);
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
        note_source(step, StepField::status, "MSH-9, SCH-25");
    }

    void take(const FieldChange& said, RecordKind kind, std::int64_t id, std::size_t field, std::string& value) {
        if (said.says == FieldChange::Says::nothing || (said.fills && !value.empty())) return;
        value = said.value;
        records_.note_source(kind, id, field, said.source);
    }

    void add_step(const Item& item) {
        auto& step = records_.new_step(order_);
        taken_.insert(step.id.value);
        auto& id = step.fields[StepField::step_id];
        id = number(item.number);
        note_source(step, StepField::step_id, id.empty() ? "generated" : "SCH-2");
        if (id.empty()) id = short_number('S', step.id.value);
        step.fields[StepField::placer_number] = fields_[OrderField::placer_number];
        note_source(step, StepField::placer_number, "SCH-26");
        book_step(step, item.item->fields);
        if (step.fields[StepField::modality].empty()) step.fields[StepField::modality] = fields_[OrderField::modality];
    }

    // An order that named no procedure is for the one it gets an appointment for.
    void name_procedure() {
        if (items_.empty() || !fields_[OrderField::procedure_code].empty()) return;
        const auto& said = items_.front().item->fields;
        const auto give = [&](OrderField field, StepField from) {
            take(said[from], RecordKind::order, order_.after.id.value, static_cast<std::size_t>(field), fields_[field]);
        };
        give(OrderField::procedure_code, StepField::protocol_code);
        give(OrderField::procedure_scheme, StepField::protocol_scheme);
        give(OrderField::procedure_meaning, StepField::protocol_meaning);
        give(OrderField::procedure_description, StepField::description);
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
        plan_.records.push_back({RecordKind::order,
                                 what,
                                 change_.place,
                                 std::move(reason),
                                 {},
                                 {fields_[OrderField::filler_number], fields_[OrderField::filler_authority]},
                                 {fields_[OrderField::placer_number], fields_[OrderField::placer_authority]}});
    }

    const ScheduleChange& change_;
    std::vector<Item> items_;
    OrderWrite& order_;
    FieldValues<OrderField>& fields_;
    Workspace& records_;
    Plan& plan_;
    std::set<std::int64_t> taken_;
    bool touched_ = false;
};

// The orders of one appointment, and which of its items are whose.
class Orders {
  public:
    Orders(const ScheduleChange& change, Workspace& records) : change_(change), records_(records) {}

    Result<void> find() {
        for (const auto& [placer, filler] : change_.orders) {
            const auto meant = find_orders(placer, filler, only_procedure(), change_.place_of_number(), records_);
            if (!meant) return meant.error();
            if (meant->empty()) return Error{ErrorCode::order_unknown, {}, change_.place_of_number()};
            for (const auto id : *meant) add(id);
        }
        for (std::size_t i = 0; i < change_.items.size(); ++i) give({&change_.items[i], i});
        return {};
    }

    struct One {
        OrderId id;
        std::vector<Item> items;
    };
    // Without items of its own an order is not spoken of, unless there are no items at all.
    std::vector<One> spoken_of() && {
        if (!change_.items.empty()) std::erase_if(orders_, [](const One& one) { return one.items.empty(); });
        return std::move(orders_);
    }

  private:
    void add(OrderId id) {
        const bool known = std::any_of(orders_.begin(), orders_.end(), [&](const One& one) { return one.id == id; });
        if (!known) orders_.push_back({id, {}});
    }

    // The number of one order may be that of several, one per procedure.
    std::string only_procedure() const {
        return change_.items.size() == 1 ? change_.items.front().procedure : std::string();
    }

    bool is_for(const ScheduleItem& item, OrderId id) const {
        const auto& order = *records_.order(id);
        return !item.procedure.empty() &&
               (order.fields[OrderField::procedure_code] == item.procedure ||
                std::any_of(order.steps.begin(), order.steps.end(), [&](const StepRecord& step) {
                    return step.fields[StepField::protocol_code] == item.procedure;
                }));
    }

    // To the order that it names the procedure of; else to the one at its place; else it is for all of them, unless it
    // takes something away.
    void give(const Item& item) {
        std::vector<One*> named;
        for (auto& one : orders_) {
            if (is_for(*item.item, one.id)) named.push_back(&one);
        }
        if (named.size() == 1) return named.front()->items.push_back(item);
        if (orders_.size() > 1 && orders_.size() == change_.items.size())
            return orders_[item.number].items.push_back(item);
        if (orders_.size() > 1 && item.item->removed) return;
        for (auto& one : orders_) one.items.push_back(item);
    }

    const ScheduleChange& change_;
    Workspace& records_;
    std::vector<One> orders_;
};

}  // namespace

Result<void> apply_schedule(const ScheduleChange& change, PatientId patient, Workspace& records, Plan& plan) {
    Orders orders(change, records);
    if (const auto found = orders.find(); !found) return found;
    for (auto& [id, items] : std::move(orders).spoken_of()) {
        if (records.order(id)->patient != patient)
            return Error{ErrorCode::order_ambiguous, "the order belongs to another patient", change.place_of_number()};
        Application(change, std::move(items), records.edit_order(id), records, plan).run();
    }
    return {};
}

}  // namespace gantry::effects
