#include "engine/effects/order_application.hpp"

#include <algorithm>

#include "engine/effects/sentences.hpp"
#include "engine/effects/step_states.hpp"

namespace gantry::effects {
namespace {

using enum OrderField;

bool started(const std::string& status) {
    return status == "IN_PROGRESS";
}

ErrorCode refusal(const std::string& status) {
    return status == "COMPLETED" || status == "CANCELLED" ? ErrorCode::order_final : ErrorCode::order_started;
}

}  // namespace

Result<void> OrderApplication::create(const std::string& status, const std::string& step_status, bool held) {
    order_ = &records_.new_order();
    order_->after.patient = subject_.patient;
    fill_new(status, step_status);
    if (held) order_->after.fields[OrderField::hold] = "Y";
    // A resource says itself what is to be done: one that names no imaging is about something else, also when it is
    // done.
    const bool says_all = status == "COMPLETED" && change_.fields[posted_request].says == FieldChange::Says::set;
    if (status.empty() || says_all) {
        if (const auto shown = can_be_shown(); !shown) return shown;
    }
    if (const auto numbered = complete_numbers(status == "CANCELLED"); !numbered) return numbered;
    if (change_.control == "CH") retire_parent();
    settle();
    return report(What::created);
}

Result<void> OrderApplication::join_procedure() {
    if (change_.action == OrderAction::note || change_.action == OrderAction::parent) return run_known();
    if (change_.action != OrderAction::create && change_.action != OrderAction::create_or_update)
        return refuse(ErrorCode::order_unknown);
    for (const auto& step : change_.steps) add_step(step, "SCHEDULED");
    if (order_->after.fields[OrderField::status] == "COMPLETED")
        order_->after.fields[OrderField::status] = "IN_PROGRESS";
    settle();
    return report(What::updated, "one more step of a procedure that is already ordered");
}

Result<void> OrderApplication::update_by_new(const std::string& status) {
    if (status == "CANCELLED") return reopen();
    if (only_result_known()) return complete_from_order(status);
    const auto before = order_->after;
    if (started(status) || status == "COMPLETED")
        apply_harmless();
    else
        apply_all(false);
    if (order_->after.fields == before.fields && same_steps(before.steps))
        return report(What::unchanged, "already known");
    if (policy_.refuse_changed_resends) return refuse(ErrorCode::order_exists);
    order_->after.fields[OrderField::hold] = before.fields[OrderField::hold];
    return report(What::conflict, "the order was known with other content; it was updated");
}

bool OrderApplication::only_result_known() const {
    return has_sentence(order_->after.fields[warnings], only_its_result);
}

Result<void> OrderApplication::complete_from_order(const std::string& status) {
    const bool done = status == "COMPLETED";
    remove_sentence(order_->after.fields[warnings], only_its_result);
    apply_fields();
    apply_providers();
    for (const auto& step : change_.steps) add_step(step, done ? "COMPLETED" : "SCHEDULED");
    if (!done) {
        if (const auto shown = can_be_shown(); !shown) return shown;
    }
    if (status == "ORDERED") order_->after.fields[OrderField::status] = open_status();
    if (const auto numbered = complete_numbers(false); !numbered) return numbered;
    settle();
    return report(What::updated, "the order of a result that came before it");
}

Result<void> OrderApplication::update(const std::string& status) {
    if (status == "CANCELLED") return reopen();
    if (only_result_known()) return complete_from_order(status);
    if (started(status) || status == "COMPLETED") return update_started(status);
    apply_all(false);
    if (change_.ends_hold) order_->after.fields[OrderField::hold].clear();
    return report_update();
}

Result<void> OrderApplication::update_started(const std::string& status) {
    apply_harmless();
    remember_time();
    if (!policy_.refuse_changes_once_started) return report(What::conflict, std::string(info(refusal(status)).hint));
    return refuse_but_keep(refusal(status));
}

Result<void> OrderApplication::reopen(bool held) {
    const bool same_time = !change_.event_time.empty() && change_.event_time == order_->after.event_time;
    if (same_time && !order_->created && !replaces_itself())
        return report(What::ignored, "not newer than the cancellation");
    auto& fields = order_->after.fields;
    fields[OrderField::hold] = held ? "Y" : "";
    apply_all(true);
    if (const auto shown = can_be_shown(); !shown) return shown;
    if (const auto numbered = complete_numbers(false); !numbered) return numbered;
    fields[OrderField::status] = open_status();
    settle();
    return report(What::updated, "opened again after a cancellation");
}

void OrderApplication::end_own_steps(const std::string& waiting_become) {
    for (auto* step : own_steps()) {
        if (waiting_step(*step))
            step->fields[StepField::status] = waiting_become;
        else if (!closed_step(*step))
            step->fields[StepField::status] = "DISCONTINUED";
    }
}

Result<void> OrderApplication::cancel(const std::string& status, const std::string& step_status) {
    if (status == "CANCELLED") return report_after_status();
    const bool under_way = started(status) && change_.action != OrderAction::discontinue;
    if (status == "COMPLETED") return refuse_request(ErrorCode::order_final);
    if (under_way && policy_.order_filler && is_request()) return refuse(ErrorCode::order_started);
    end_own_steps(step_status);
    if (under_way) plan_.warnings.push_back(change_.place + ": the procedure had started; it was discontinued");
    const bool nothing_left = std::all_of(order_->after.steps.begin(), order_->after.steps.end(), closed_step);
    if (nothing_left) order_->after.fields[OrderField::status] = "CANCELLED";
    return report_after_status();
}

Result<void> OrderApplication::complete(const std::string& status) {
    if (status == "CANCELLED") return conflict("the order is cancelled; its status was kept");
    apply_content_of_change();
    apply_performed();
    order_->after.fields[OrderField::status] = "COMPLETED";
    for (auto& step : order_->after.steps) {
        if (!closed_step(step)) step.fields[StepField::status] = "COMPLETED";
    }
    return report_after_status();
}

Result<void> OrderApplication::progress(const std::string& status, bool steps_too) {
    if (status == "COMPLETED" || status == "CANCELLED")
        return conflict("the order is already finished; its status was kept");
    apply_content_of_change();
    order_->after.fields[OrderField::status] = "IN_PROGRESS";
    if (steps_too) {
        for (auto* step : own_steps()) {
            if (waiting_step(*step)) step->fields[StepField::status] = "STARTED";
        }
    }
    return report_after_status();
}

Result<void> OrderApplication::hold() {
    const auto& status = order_->after.fields[OrderField::status];
    if (started(status) || status == "COMPLETED" || status == "CANCELLED") return refuse_request(refusal(status));
    apply_content_of_change();
    order_->after.fields[OrderField::hold] = "Y";
    return report_after_status();
}

Result<void> OrderApplication::release() {
    const auto& status = order_->after.fields[OrderField::status];
    if (status == "COMPLETED" || status == "CANCELLED") return refuse_request(ErrorCode::order_final);
    order_->after.fields[OrderField::hold].clear();
    return report_after_status();
}

Result<void> OrderApplication::touch() {
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

Result<void> OrderApplication::assign_number() {
    auto& filler = order_->after.fields[filler_number];
    const auto& sent = change_.filler.number;
    if (filler.empty() && sent.empty() && !policy_.order_filler) return refuse(ErrorCode::order_missing_number);
    if (filler.empty() && sent.empty()) filler = short_number('F', order_->after.id.value);
    apply_field(filler_number);
    apply_field(filler_authority);
    return report_after_status();
}

}  // namespace gantry::effects
