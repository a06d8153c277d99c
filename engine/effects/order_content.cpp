#include "engine/effects/order_application.hpp"

#include <algorithm>
#include <array>

#include "engine/base/digest.hpp"
#include "engine/effects/step_states.hpp"
#include "engine/effects/visit_rules.hpp"

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

constexpr std::string_view generated = "generated", first_step = "the first step";

}  // namespace

void OrderApplication::note(OrderField field, std::string_view source) {
    records_.note_source(RecordKind::order, order_->after.id.value, static_cast<std::size_t>(field), source);
}

void OrderApplication::note(const StepRecord& step, StepField field, std::string_view source) {
    records_.note_source(RecordKind::step, step.id.value, static_cast<std::size_t>(field), source);
}

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
    note(accession_issuer, change_.fields[accession_issuer].source);
    for (const auto& step : change_.steps) add_step(step, step_status);
    fields[OrderField::status] = status.empty() ? open_status() : status;
    if (fields[urgency].empty() && fields[urgency_sent].empty()) {
        fields[urgency] = "ROUTINE";
        note(urgency, "default");
    }
    if (auto numbers = replaced_numbers(); !numbers.empty()) fields[replaces] = std::move(numbers);
    fields[moved_from] = subject_.came_by;
    note(moved_from, "PID-3");
    if (status == "COMPLETED") apply_performed();
}

void OrderApplication::apply_fields() {
    for (std::size_t i = 0; i < change_.fields.size(); ++i) apply_field(static_cast<OrderField>(i));
    auto& fields = order_->after.fields;
    auto take = [&](OrderField to, const std::string& value, std::string_view source) {
        if (value.empty() || !fields[to].empty()) return;
        fields[to] = value;
        note(to, source);
    };
    take(placer_number, change_.placer.number, "ORC-2");
    take(placer_authority, change_.placer.authority, "ORC-2");
    take(filler_number, change_.filler.number, "ORC-3");
    take(filler_authority, change_.filler.authority, "ORC-3");
    if (const auto* patient = records_.patient(subject_.patient))
        add_alerts(order_->after, patient->fields[PatientField::allergies]);
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
    note(field, said.source);
}

void OrderApplication::keep_posted() {
    for (const auto field : {posted_request, posted_study}) apply_field(field);
}

void OrderApplication::apply_providers() {
    const auto& fields = order_->after.fields;
    order_->after.ordered_by = records_.provider(fields[requesting_physician_id], {}, fields[requesting_physician]);
}

void OrderApplication::apply_harmless() {
    for (const auto field : {reason, urgency, urgency_sent, comments, patient_location, weight, size})
        apply_field(field);
}

void OrderApplication::apply_content_of_change() {
    if (change_.control != "XO" && change_.control != "NW") return;
    const auto& status = order_->after.fields[OrderField::status];
    const bool waits = status == "ORDERED" || status == "SCHEDULED";
    const bool still_waits = change_.action == OrderAction::hold || change_.action == OrderAction::create_held;
    if (waits && still_waits)
        apply_all(false);
    else
        apply_harmless();
}

void OrderApplication::apply_performed() {
    auto& order = order_->after;
    if (order.fields[performed_date].empty()) apply_field(performed_date);
    apply_field(OrderField::performing_physician);
    order.performed_by = records_.provider({}, {}, order.fields[OrderField::performing_physician]);
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
    note(step, StepField::placer_number, "ORC-2");
    auto& number = step.fields[StepField::step_id];
    if (!number.empty() && !has_step(number, step.id)) return;
    number = short_number('S', step.id.value);
    note(step, StepField::step_id, generated);
}

bool OrderApplication::has_step(const std::string& number, StepId but) const {
    const auto& steps = order_->after.steps;
    return std::any_of(steps.begin(), steps.end(), [&](const StepRecord& step) {
        return step.id != but && step.fields[StepField::step_id] == number;
    });
}

void OrderApplication::apply_step(StepRecord& step, const StepChange& said) {
    const auto modality_before = step.fields[StepField::modality];
    for (std::size_t i = 0; i < said.fields.size(); ++i) {
        const auto& field = said.fields.at(i);
        if (field.says == FieldChange::Says::nothing || i == static_cast<std::size_t>(StepField::status)) continue;
        // A step keeps its number: what a modality has seen must find it.
        if (i == static_cast<std::size_t>(StepField::step_id) && !step.fields.at(i).empty()) continue;
        if (field.fills && !step.fields.at(i).empty()) continue;
        step.fields.at(i) = field.value;
        note(step, static_cast<StepField>(i), field.source);
    }
    if (!modality_before.empty() && step.fields[StepField::modality] != modality_before)
        leave_catch_all(step, said.fields[StepField::station_ae]);
}

// The catch-all of one modality is no station of another one.
void OrderApplication::leave_catch_all(StepRecord& step, const FieldChange& station) {
    auto& value = step.fields[StepField::station_ae];
    if (!station.fills || station.value.empty() || !value.ends_with('*')) return;
    value = station.value;
    note(step, StepField::station_ae, station.source);
}

void OrderApplication::apply_steps(bool reopen) {
    for (std::size_t i = 0; i < change_.steps.size(); ++i) {
        auto* step = step_meant(change_.steps[i], i);
        if (!step) {
            add_step(change_.steps[i], "SCHEDULED");
            continue;
        }
        auto& status = step->fields[StepField::status];
        if (reopen && (status == "CANCELED" || status == "DISCONTINUED")) status = "SCHEDULED";
        if (!waiting_step(*step)) continue;
        apply_step(*step, change_.steps[i]);
        if (unscheduled_step(*step) && says_scheduled(change_.steps[i])) step->fields[StepField::status] = "SCHEDULED";
    }
}

StepRecord* OrderApplication::step_meant(const StepChange& said, std::size_t position) {
    auto& steps = order_->after.steps;
    const auto& id = said.fields.value(StepField::step_id);
    if (!id.empty() && !shared_step_number(id)) {
        const auto named =
            std::find_if(steps.begin(), steps.end(), [&](const auto& s) { return s.fields[StepField::step_id] == id; });
        if (named != steps.end()) return &*named;
        return only_step_without_a_name();
    }
    std::vector<StepRecord*> own;
    for (auto& step : steps) {
        if (step.fields[StepField::placer_number] == change_.placer.number || change_.placer.number.empty())
            own.push_back(&step);
    }
    if (own.empty() && steps.size() == 1) return &steps.front();
    return position < own.size() ? own[position] : nullptr;
}

// A step that the engine had to number is not another one because its sender names it later.
StepRecord* OrderApplication::only_step_without_a_name() {
    const auto own = own_steps();
    if (own.size() != 1 || change_.steps.size() != 1) return nullptr;
    return own.front()->fields[StepField::step_id] == short_number('S', own.front()->id.value) ? own.front() : nullptr;
}

// Several steps of one message with one number are told apart by their places.
bool OrderApplication::shared_step_number(const std::string& number) const {
    return std::count_if(change_.steps.begin(), change_.steps.end(),
                         [&](const StepChange& step) { return step.fields.value(StepField::step_id) == number; }) > 1;
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
    const auto* patient = records_.patient(subject_.patient);
    if (patient && patient->fields[PatientField::name].empty()) return refuse(ErrorCode::patient_missing_name);
    return {};
}

std::string OrderApplication::open_status() const {
    const bool timed = std::any_of(order_->after.steps.begin(), order_->after.steps.end(),
                                   [](const auto& step) { return !step.fields[StepField::start_date].empty(); });
    return timed || change_.control_status == "SC" ? "SCHEDULED" : "ORDERED";
}

Result<void> OrderApplication::complete_numbers(bool tombstone) {
    auto& fields = order_->after.fields;
    const auto make = [&](OrderField field, std::string value) {
        fields[field] = std::move(value);
        note(field, generated);
    };
    if (policy_.order_filler && fields[filler_number].empty() && !tombstone)
        make(filler_number, short_number('F', order_->after.id.value));
    if (fields[accession_number].empty() && !tombstone) {
        if (!policy_.order_filler || !policy_.generate_accession)
            return Error{ErrorCode::order_no_accession, {}, change_.place};
        make(accession_number, short_number('G', order_->after.id.value));
    }
    if (fields[requested_procedure_id].empty()) make(requested_procedure_id, procedure_id());
    if (fields[study_instance_uid].empty() && !tombstone) make(study_instance_uid, study_uid());
    return {};
}

std::string OrderApplication::procedure_id() {
    const auto& fields = order_->after.fields;
    const auto& accession = fields[accession_number];
    if (accession.empty()) return {};
    for (const auto id : records_.orders_with_accession(accession, fields[accession_issuer])) {
        const auto& other = *records_.order(id);
        if (id != order_->after.id && other.patient == subject_.patient &&
            other.fields[OrderField::status] != "CANCELLED" && other.fields[requested_procedure_id] == accession)
            return short_number('R', order_->after.id.value);
    }
    return accession;
}

std::string OrderApplication::study_uid() {
    const auto& fields = order_->after.fields;
    const auto& number = fields[accession_number].empty() ? fields[placer_number] : fields[accession_number];
    const auto name = fields[accession_issuer] + '\x1f' + number + '\x1f' + fields[requested_procedure_id];
    const auto uid = uid_from_name(name);
    for (const auto id : records_.orders_with_accession(fields[accession_number], fields[accession_issuer])) {
        const auto& other = *records_.order(id);
        const bool another = other.fields[OrderField::status] == "CANCELLED" || other.patient != subject_.patient;
        if (another && other.fields[study_instance_uid] == uid)
            return uid_from_name(name + '\x1f' + std::to_string(order_->after.id.value));
    }
    return uid;
}

void OrderApplication::remember_time() {
    if (change_.event_time > order_->after.event_time) order_->after.event_time = change_.event_time;
}

void OrderApplication::settle() {
    remember_time();
    if (order_->after.steps.empty()) return;
    const auto& first = order_->after.steps.front().fields;
    auto& fields = order_->after.fields;
    if (fields[OrderField::modality] != first[StepField::modality]) note(OrderField::modality, first_step);
    fields[OrderField::modality] = first[StepField::modality];
    const auto start = first[StepField::start_date] + first[StepField::start_time];
    if (fields[scheduled_date] != start) note(scheduled_date, first_step);
    fields[scheduled_date] = start;
}

}  // namespace gantry::effects
