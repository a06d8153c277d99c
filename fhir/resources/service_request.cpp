#include "fhir/resources/service_request.hpp"

#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/coding_systems.hpp"
#include "fhir/resources/extensions.hpp"
#include "fhir/resources/identifiers.hpp"
#include "fhir/resources/lists.hpp"
#include "fhir/resources/moments.hpp"
#include "fhir/resources/order_elements.hpp"
#include "fhir/resources/patient_at_order.hpp"
#include "fhir/resources/statuses.hpp"

namespace gantry::fhir {
namespace {

using effects::OrderField;
using effects::OrderRecord;

void write_numbers(ResourceWriter& out, const OrderRecord& order, const ProjectionContext& context) {
    const auto& f = order.fields;
    out.array("identifier", [&] {
        write_identifier(out, {}, {f[OrderField::placer_number], f[OrderField::placer_authority], "PLAC"}, context);
        write_identifier(out, {}, {f[OrderField::filler_number], f[OrderField::filler_authority], "FILL"}, context);
        write_accession(out, {}, order, context);
        write_identifier(out, {}, {f[OrderField::requested_procedure_id], {}, procedure_number}, context);
    });
}

// Known by their placer numbers alone.
void write_replaced(ResourceWriter& out, const OrderRecord& order, const ProjectionContext& context) {
    out.array("replaces", [&] {
        for_each_value(order.fields[OrderField::replaces], [&](std::string_view number) {
            if (is_blank(number)) return;
            out.object({}, [&] {
                out.word("type", "ServiceRequest");
                write_identifier(out, "identifier", {number, {}, "PLAC"}, context);
            });
        });
    });
}

void write_extensions(ResourceWriter& out, const OrderRecord& order) {
    const auto& f = order.fields;
    out.array("extension", [&] {
        out.string_extension(extensions::transport, f[OrderField::transport]);
        out.string_extension(extensions::patient_location, f[OrderField::patient_location]);
        out.string_extension(extensions::account_number, f[OrderField::account_number]);
        out.string_extension(extensions::recipients, f[OrderField::names_of_recipients]);
    });
}

void write_imaging_category(ResourceWriter& out) {
    out.array("category", [&] {
        out.object(
            {}, [&] { out.array("coding", [&] { write_coding(out, {}, systems::snomed, "363679005", "Imaging"); }); });
    });
}

void write_site_and_notes(ResourceWriter& out, const OrderRecord& order) {
    out.array("bodySite", [&] { out.object({}, [&] { out.string("text", order.fields[OrderField::body_site]); }); });
    out.array("note", [&] { out.object({}, [&] { out.string("text", order.fields[OrderField::comments]); }); });
}

}  // namespace

std::string service_request_json(const OrderRecord& order, Instant updated, const ProjectionContext& context) {
    const auto& f = order.fields;
    ResourceWriter out("ServiceRequest", std::to_string(order.id.value));
    write_meta(out, {order.last_change, updated}, f[OrderField::confidentiality]);
    write_patient_at_order(out, order);
    write_extensions(out, order);
    write_numbers(out, order, context);
    write_replaced(out, order, context);
    out.word("status", service_request_status(order));
    out.word("intent", "order");
    write_imaging_category(out);
    write_priority(out, order);
    write_procedure(out, "code", order);
    write_reference(out, "subject", "Patient", order.patient.value);
    write_encounter(out, order, context);
    write_date_time(out, "occurrenceDateTime", f[OrderField::scheduled_date], context.zone);
    write_date_time(out, "authoredOn", f[OrderField::ordered_date], context.zone);
    write_requester(out, "requester", order);
    out.array("performer", [&] {
        write_practitioner(out, {}, {order.performed_by.value, {}, f[OrderField::performing_physician]});
    });
    write_reasons(out, order);
    write_references_to_patient_at_order(out, order);
    write_site_and_notes(out, order);
    return std::move(out).finish();
}

}  // namespace gantry::fhir
