#include "engine/effects/order_application.hpp"

#include <algorithm>
#include <array>

#include "engine/base/digest.hpp"
#include "engine/effects/step_states.hpp"

namespace gantry::effects {
namespace {

using enum OrderField;

// Numbers that tie images to the order are given once; a later message cannot change or clear them.
bool fixed(OrderField field) {
    static constexpr std::array once{accession_number, study_instance_uid, requested_procedure_id, placer_number,
                                     filler_number};
    return std::find(once.begin(), once.end(), field) != once.end();
}

// What no message can set by naming it.
bool engines_own(OrderField field) {
    return field == OrderField::status || field == OrderField::hold || field == moved_from;
}

}  // namespace

std::string short_number(char prefix, std::int64_t id) {
    static constexpr char digits[] = "0123456789ABCDEFGHJKLMNPQRSTUVWX";
    std::string out;
    for (auto rest = static_cast<std::uint64_t>(id); rest != 0; rest /= 32) out.push_back(digits[rest % 32]);
    out.push_back(prefix);
    std::reverse(out.begin(), out.end());
    return out;
}

void OrderApplication::fill_new(const std::string& status, const std::string& step_status) {
    apply_fields();
    apply_providers();
    auto& fields = order_->after.fields;
    fields[accession_issuer] = change_.accession_issuer;
    for (const auto& step : change_.steps) add_step(step, step_status);
    fields[OrderField::status] = status.empty() ? open_status() : status;
    if (fields[urgency].empty() && fields[urgency_sent].empty()) fields[urgency] = "ROUTINE";
    fields[replaces] = replaced_number();
}

void OrderApplication::apply_fields() {
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

void OrderApplication::apply_field(OrderField field) {
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

void OrderApplication::apply_providers() {
    const auto& fields = order_->after.fields;
    order_->after.ordered_by = records_.provider(fields[requesting_physician_id], {}, fields[requesting_physician]);
}

void OrderApplication::apply_harmless() {
    for (const auto field : {reason, urgency, urgency_sent, comments, patient_location, weight, size})
        apply_field(field);
}

void OrderApplication::apply_all(bool reopening) {
    apply_fields();
    apply_providers();
    apply_steps(reopening);
    auto& status = order_->after.fields[OrderField::status];
    if (status == "ORDERED" && !reopening) status = open_status();
    settle();
}

void OrderApplication::add_step(const StepChange& said, const std::string& status) {
    auto& step = records_.new_step(*order_);
    apply_step(step, said);
    step.fields[StepField::status] = status;
    step.fields[StepField::placer_number] = change_.placer.number;
    if (step.fields[StepField::step_id].empty()) step.fields[StepField::step_id] = short_number('S', step.id.value);
}

void OrderApplication::apply_step(StepRecord& step, const StepChange& said) {
    for (std::size_t i = 0; i < said.fields.size(); ++i) {
        const auto& field = said.fields.at(i);
        if (field.says == FieldChange::Says::nothing || i == static_cast<std::size_t>(StepField::status)) continue;
        if (field.fills && !step.fields.at(i).empty()) continue;
        step.fields.at(i) = field.value;
        records_.note_source(RecordKind::step, step.id.value, i, field.source);
    }
}

void OrderApplication::apply_steps(bool reopen) {
    for (std::size_t i = 0; i < change_.steps.size(); ++i) {
        auto* step = step_meant(change_.steps[i], i);
        if (!step) {
            add_step(change_.steps[i], "SCHEDULED");
            continue;
        }
        if (reopen && (*step).fields[StepField::status] == "CANCELED") step->fields[StepField::status] = "SCHEDULED";
        if (!waiting_step(*step)) continue;
        apply_step(*step, change_.steps[i]);
        if (unscheduled_step(*step) && says_scheduled(change_.steps[i])) step->fields[StepField::status] = "SCHEDULED";
    }
}

StepRecord* OrderApplication::step_meant(const StepChange& said, std::size_t position) {
    auto& steps = order_->after.steps;
    const auto& id = said.fields.value(StepField::step_id);
    if (!id.empty()) {
        const auto named =
            std::find_if(steps.begin(), steps.end(), [&](const auto& s) { return s.fields[StepField::step_id] == id; });
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

std::vector<StepRecord*> OrderApplication::own_steps() {
    std::vector<StepRecord*> own, all;
    for (auto& step : order_->after.steps) {
        all.push_back(&step);
        if (step.fields[StepField::placer_number] == change_.placer.number) own.push_back(&step);
    }
    return own.empty() ? all : own;
}

bool OrderApplication::says_scheduled(const StepChange& said) const {
    return change_.control_status == "SC" || !said.fields.value(StepField::start_date).empty();
}

bool OrderApplication::same_steps(const std::vector<StepRecord>& before) const {
    return std::equal(before.begin(), before.end(), order_->after.steps.begin(), order_->after.steps.end(),
                      [](const auto& a, const auto& b) { return a.fields == b.fields; });
}

Result<void> OrderApplication::can_be_shown() {
    const auto& steps = order_->after.steps;
    const bool modalities = std::all_of(steps.begin(), steps.end(),
                                        [](const auto& step) { return !step.fields[StepField::modality].empty(); });
    if (!modalities) return refuse(ErrorCode::map_no_modality);
    const auto* patient = records_.patient(patient_);
    if (patient && patient->fields[PatientField::name].empty()) return refuse(ErrorCode::patient_missing_name);
    return {};
}

std::string OrderApplication::open_status() const {
    const bool timed = std::any_of(order_->after.steps.begin(), order_->after.steps.end(),
                                   [](const auto& step) { return !step.fields[StepField::start_date].empty(); });
    return timed || change_.control_status == "SC" ? "SCHEDULED" : "ORDERED";
}

std::string OrderApplication::replaced_number() const {
    if (plan_.records.empty() || plan_.records.back().reason != replaced) return {};
    return plan_.records.back().placer.number;
}

Result<void> OrderApplication::complete_numbers(bool tombstone) {
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

std::string OrderApplication::study_uid() {
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

void OrderApplication::add_keys(bool has_placer, bool has_filler) {
    if (!order_) return;
    const auto& procedure = change_.fields.value(procedure_code);
    if (!has_placer && !change_.placer.number.empty())
        records_.add_order_key(*order_, placer_key(change_.placer, procedure));
    auto filler = change_.filler;
    if (filler.number.empty() && order_->created)
        filler = {order_->after.fields[filler_number], order_->after.fields[filler_authority]};
    if (!has_filler && !filler.number.empty()) records_.add_order_key(*order_, filler_key(filler, procedure));
}

void OrderApplication::remember_time() {
    if (change_.event_time > order_->after.event_time) order_->after.event_time = change_.event_time;
}

void OrderApplication::settle() {
    remember_time();
    if (order_->after.steps.empty()) return;
    const auto& first = order_->after.steps.front().fields;
    auto& fields = order_->after.fields;
    fields[OrderField::modality] = first[StepField::modality];
    fields[scheduled_date] = first[StepField::start_date] + first[StepField::start_time];
}

}  // namespace gantry::effects
