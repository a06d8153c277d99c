// What must be there before effects leave the mapping, whoever made them.
#include <algorithm>

#include "mappings/language/notes.hpp"
#include "mappings/language/sections.hpp"

namespace gantry::mappings {
namespace {

using effects::OrderAction;
using effects::OrderChange;
using effects::PatientField;
using effects::StepField;

void check_modality(const OrderChange& order, std::size_t index, const OrderSection& section, Frame& frame) {
    const auto has_one = [](const auto& step) { return !step.fields.value(StepField::modality).empty(); };
    if (std::all_of(order.steps.begin(), order.steps.end(), has_one)) return;
    const auto missed = frame.notes->no_modality.find(index);
    if (missed == frame.notes->no_modality.end())
        return frame.remarks.fail(ErrorCode::map_no_modality, {}, {}, order.place);
    const auto& [place, codes] = missed->second;
    if (place.empty()) return frame.remarks.fail(ErrorCode::hl7_missing_segment, section.split, {}, order.place);
    frame.remarks.fail(ErrorCode::map_no_modality, codes, {}, place);
}

void check_order(const OrderChange& order, std::size_t index, const OrderSection& section, Frame& frame,
                 const effects::Effects& effects) {
    if (order.placer.number.empty() && order.filler.number.empty() && order.action != OrderAction::parent)
        frame.remarks.fail(ErrorCode::order_missing_number, {}, {}, order.place_of_number());
    if (order.action != OrderAction::create && order.action != OrderAction::create_held) return;
    if (effects.patient && effects.patient->fields.value(PatientField::name).empty())
        frame.remarks.fail(ErrorCode::patient_missing_name, "PID-5", {}, "PID[1]-5");
    check_modality(order, index, section, frame);
}

void check_schedule(const effects::ScheduleChange& schedule, Frame& frame) {
    for (const auto& order : schedule.orders)
        if (order.placer.number.empty() && order.filler.number.empty())
            frame.remarks.fail(ErrorCode::order_missing_number, {}, {}, schedule.place_of_number());
}

}  // namespace

// Everybody has a name, and no worklist answer may lack it: nothing can delete it.
void check_patient(const PatientSection& section, Frame& frame, const effects::PatientChange& patient) {
    const auto& name = patient.fields[PatientField::name];
    if (name.says != Value::Says::clear && (!name.value.empty() || !section.needs_name(frame.type, frame.event)))
        return;
    const auto& segment = section.identifiers.front().path.segment();
    frame.remarks.fail(ErrorCode::patient_missing_name, "PID-5", {}, field_at(frame.place, segment, 5));
}

void check_effects(const Document& document, Frame& frame, const effects::Effects& effects) {
    if (effects.disposition != effects::Disposition::apply) return;
    if (document.patient && effects.patient) check_patient(*document.patient, frame, *effects.patient);
    for (std::size_t i = 0; i < effects.orders.size(); ++i)
        check_order(effects.orders[i], i, *document.orders, frame, effects);
    if (effects.schedule) check_schedule(*effects.schedule, frame);
}

}  // namespace gantry::mappings
