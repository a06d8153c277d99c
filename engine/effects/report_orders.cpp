#include <algorithm>

#include "engine/effects/order_rules.hpp"
#include "engine/effects/report_rules.hpp"
#include "engine/effects/sentences.hpp"
#include "engine/effects/step_states.hpp"

namespace gantry::effects {
namespace {

using enum OrderField;

const char* status_after(OrderAction action) {
    if (action == OrderAction::complete) return "COMPLETED";
    return action == OrderAction::partial_results ? "IN_PROGRESS" : "ORDERED";
}

bool has_effect(OrderAction action, const OrderRecord& order) {
    const auto& now = order.fields[OrderField::status];
    if (action == OrderAction::complete)
        return now != "COMPLETED" || !std::all_of(order.steps.begin(), order.steps.end(), closed_step);
    return action == OrderAction::partial_results && now != "COMPLETED" && now != "IN_PROGRESS";
}

void note_status_source(const OrderRecord& order, std::string_view source, Workspace& records) {
    records.note_source(RecordKind::order, order.id.value, static_cast<std::size_t>(OrderField::status), source);
    for (const auto& step : order.steps)
        records.note_source(RecordKind::step, step.id.value, static_cast<std::size_t>(StepField::status), source);
}

}  // namespace

OrderId make_minimal_order(const ReportChange& change, const OrderChange& order, const Subject& subject,
                           Workspace& records, Plan& plan) {
    auto& write = records.new_order();
    auto& after = write.after;
    after.patient = subject.patient;
    const auto note = [&](OrderField field, std::string_view source) {
        records.note_source(RecordKind::order, after.id.value, static_cast<std::size_t>(field), source);
    };
    for (std::size_t i = 0; i < after.fields.size(); ++i) {
        const auto& said = order.fields.at(i);
        after.fields.at(i) = said.value;
        note(static_cast<OrderField>(i), said.source);
    }
    after.fields[accession_issuer] = order.accession_issuer;
    const auto& numbers = after.fields;
    // Its report is found again by it.
    if (numbers[placer_number].empty() && numbers[filler_number].empty() && numbers[accession_number].empty() &&
        numbers[study_instance_uid].empty()) {
        after.fields[accession_number] = short_number('G', after.id.value);
        note(accession_number, "generated");
    }
    after.fields[hold].clear();
    after.fields[moved_from] = subject.came_by;
    after.fields[OrderField::status] = status_after(order.action);
    note(OrderField::status, change.status_source);
    if (after.fields[urgency].empty()) {
        after.fields[urgency] = "ROUTINE";
        note(urgency, "default");
    }
    add_sentence(after.fields[warnings], only_its_result);
    after.ordered_by = records.provider(after.fields[requesting_physician_id], {}, after.fields[requesting_physician]);
    const auto& procedure = order.fields.value(procedure_code);
    if (!order.placer.number.empty()) records.add_order_key(write, placer_key(order.placer, procedure));
    if (!order.filler.number.empty()) records.add_order_key(write, filler_key(order.filler, procedure));
    plan.records.push_back({RecordKind::order,
                            RecordOutcome::What::created,
                            order.place,
                            "made from its result",
                            {},
                            order.filler,
                            order.placer,
                            after.id.value});
    return after.id;
}

Result<void> apply_result_to_order(const ReportChange& change, const OrderChange& order, OrderId id,
                                   const Subject& subject, Workspace& records, const OrderPolicy& policy, Plan& plan) {
    if (!has_effect(order.action, *records.order(id))) return {};
    note_status_source(*records.order(id), change.status_source, records);
    OrderChange status_alone;
    status_alone.action = order.action;
    status_alone.place = order.place;
    status_alone.placer = order.placer;
    status_alone.filler = order.filler;
    for (const auto field : {performed_date, performing_physician}) status_alone.fields[field] = order.fields[field];
    return apply_order_found(status_alone, {id, true, true, true}, subject, records, policy, plan);
}

}  // namespace gantry::effects
