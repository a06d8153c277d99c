#include "fhir/resources/task.hpp"

#include "fhir/resources/coding_systems.hpp"
#include "fhir/resources/human_names.hpp"
#include "fhir/resources/identifiers.hpp"
#include "fhir/resources/lists.hpp"
#include "fhir/resources/moments.hpp"
#include "fhir/resources/order_elements.hpp"
#include "fhir/resources/statuses.hpp"

namespace gantry::fhir {
namespace {

using effects::OrderField;
using effects::OrderRecord;
using effects::StepField;
using effects::StepRecord;

// What a step says that Task has no element for, by the names of DICOM's attributes.
constexpr std::string_view also_answers = "Further Modality", station_ae = "Scheduled Station AE Title",
                           performing = "Scheduled Performing Physician", pre_medication = "Pre-Medication",
                           contrast = "Requested Contrast Agent";

void write_numbers(ResourceWriter& out, const OrderRecord& order, const StepRecord& step,
                   const ProjectionContext& context) {
    const auto& f = step.fields;
    out.array("identifier", [&] {
        write_identifier(out, {}, {f[StepField::step_id], {}, step_number}, context);
        const auto& authority = order.fields[OrderField::placer_authority];
        write_identifier(out, {}, {f[StepField::placer_number], authority, "PLAC"}, context);
    });
}

bool one_station(std::string_view ae_titles) {
    return ae_titles.find_first_of("\\*") == std::string_view::npos;
}

// One station by its AE title; several, or any, stand among the inputs.
void write_owner(ResourceWriter& out, const StepRecord& step) {
    const auto& ae_titles = step.fields[StepField::station_ae];
    const auto& name = step.fields[StepField::station_name];
    const bool named = one_station(ae_titles) && !is_blank(ae_titles);
    if (!named) return write_named(out, "owner", "Device", name);
    out.object("owner", [&] {
        out.word("type", "Device");
        out.object("identifier", [&] {
            out.object("type", [&] { out.word("text", station_ae); });
            out.string("value", ae_titles);
        });
        out.string("display", name);
    });
}

void write_text_input(ResourceWriter& out, std::string_view type, std::string_view text) {
    if (is_blank(text)) return;
    out.object({}, [&] {
        out.object("type", [&] { out.word("text", type); });
        out.string("valueString", text);
    });
}

void write_modality_input(ResourceWriter& out, std::string_view modality) {
    if (is_blank(modality)) return;
    out.object({}, [&] {
        out.object("type",
                   [&] { out.array("coding", [&] { write_coding(out, {}, systems::dcm, "121139", "Modality"); }); });
        write_modality(out, "valueCoding", modality);
    });
}

void write_further_modality(ResourceWriter& out, std::string_view modality) {
    if (is_blank(modality)) return;
    out.object({}, [&] {
        out.object("type", [&] { out.word("text", also_answers); });
        write_modality(out, "valueCoding", modality);
    });
}

void write_inputs(ResourceWriter& out, const StepRecord& step) {
    const auto& f = step.fields;
    out.array("input", [&] {
        write_modality_input(out, f[StepField::modality]);
        for_each_value(f[StepField::also_modalities], [&](std::string_view one) { write_further_modality(out, one); });
        if (!one_station(f[StepField::station_ae]))
            for_each_value(f[StepField::station_ae],
                           [&](std::string_view ae_title) { write_text_input(out, station_ae, ae_title); });
        write_text_input(out, performing, display_of(f[StepField::performing_physician]));
        write_text_input(out, pre_medication, f[StepField::pre_medication]);
        write_text_input(out, contrast, f[StepField::requested_contrast]);
    });
}

void write_start(ResourceWriter& out, const StepRecord& step, const Zone* zone) {
    out.object("restriction",
               [&] { out.object("period", [&] { write_date_time(out, "start", start_of(step), zone); }); });
}

}  // namespace

std::string task_json(const OrderRecord& order, const StepRecord& step, Instant updated,
                      const ProjectionContext& context) {
    const auto& f = step.fields;
    ResourceWriter out("Task", std::to_string(step.id.value));
    write_meta(out, {order.last_change, updated});
    write_numbers(out, order, step, context);
    write_based_on(out, order, context);
    out.word("status", task_status(order, step));
    out.object("businessStatus", [&] { out.string("text", f[StepField::status]); });
    out.word("intent", "order");
    write_priority(out, order);
    write_concept(out, "code",
                  {f[StepField::protocol_code], f[StepField::protocol_scheme], f[StepField::protocol_meaning], {}});
    out.string("description", f[StepField::description]);
    write_reference(out, "for", "Patient", order.patient.value);
    write_date_time(out, "authoredOn", order.fields[OrderField::ordered_date], context.zone);
    write_requester(out, "requester", order);
    write_owner(out, step);
    write_named(out, "location", "Location", f[StepField::location]);
    write_start(out, step, context.zone);
    write_inputs(out, step);
    return std::move(out).finish();
}

}  // namespace gantry::fhir
