#include "fhir/resources/imaging_study.hpp"

#include <algorithm>
#include <vector>

#include "fhir/resources/coding_systems.hpp"
#include "fhir/resources/extensions.hpp"
#include "fhir/resources/human_names.hpp"
#include "fhir/resources/identifiers.hpp"
#include "fhir/resources/moments.hpp"
#include "fhir/resources/order_elements.hpp"
#include "fhir/resources/statuses.hpp"

namespace gantry::fhir {
namespace {

using effects::OrderField;
using effects::OrderRecord;
using effects::StepField;

// Of the order and of its steps, each once.
void write_modalities(ResourceWriter& out, const OrderRecord& order) {
    std::vector<std::string_view> modalities{order.fields[OrderField::modality]};
    for (const auto& step : order.steps) {
        const auto& modality = step.fields[StepField::modality];
        if (std::find(modalities.begin(), modalities.end(), modality) == modalities.end())
            modalities.emplace_back(modality);
    }
    out.array("modality", [&] {
        for (const auto modality : modalities) write_modality(out, {}, modality);
    });
}

// PV1-8, else who ordered it.
void write_referrer(ResourceWriter& out, const OrderRecord& order) {
    const auto& referring = order.fields[OrderField::referring_physician];
    if (display_of(referring).empty()) return write_requester(out, "referrer", order);
    write_practitioner(out, "referrer", {0, {}, referring});
}

void write_institution(ResourceWriter& out, const OrderRecord& order) {
    const auto& name = order.fields[OrderField::institution];
    const auto& address = order.fields[OrderField::institution_address];
    if (is_blank(name) && is_blank(address)) return;
    out.object("location", [&] {
        out.array("extension", [&] { out.string_extension(extensions::address, address); });
        out.word("type", "Location");
        out.string("display", name);
    });
}

}  // namespace

std::string imaging_study_json(const OrderRecord& order, Instant updated, const ProjectionContext& context) {
    const auto& f = order.fields;
    ResourceWriter out("ImagingStudy", std::to_string(order.id.value));
    write_meta(out, {order.last_change, updated});
    out.array("identifier", [&] {
        write_uid(out, {}, f[OrderField::study_instance_uid]);
        write_accession(out, {}, order, context);
    });
    out.word("status", imaging_study_status(order));
    write_modalities(out, order);
    write_reference(out, "subject", "Patient", order.patient.value);
    write_encounter(out, order, context);
    write_date_time(out, "started", f[OrderField::performed_date], context.zone);
    write_based_on(out, order, context);
    write_referrer(out, order);
    out.array("procedureCode", [&] { write_procedure(out, {}, order); });
    write_institution(out, order);
    write_reasons(out, order);
    out.string("description", f[OrderField::procedure_description]);
    return std::move(out).finish();
}

}  // namespace gantry::fhir
