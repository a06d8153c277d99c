#include "fhir/resources/order_elements.hpp"

#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/coding_systems.hpp"
#include "fhir/resources/extensions.hpp"
#include "fhir/resources/identifiers.hpp"

namespace gantry::fhir {

using effects::OrderField;
using effects::OrderRecord;

void write_accession(ResourceWriter& out, std::string_view name, const OrderRecord& order,
                     const ProjectionContext& context) {
    const auto& f = order.fields;
    write_identifier(out, name, {f[OrderField::accession_number], f[OrderField::accession_issuer], "ACSN"}, context);
}

void write_based_on(ResourceWriter& out, const OrderRecord& order, const ProjectionContext& context) {
    out.array("basedOn", [&] {
        out.object({}, [&] {
            out.word("reference", "ServiceRequest/" + std::to_string(order.id.value));
            write_accession(out, "identifier", order, context);
        });
    });
}

void write_priority(ResourceWriter& out, const OrderRecord& order) {
    out.word("priority", fhir_code(priority_pairs(), order.fields[OrderField::urgency]));
    out.object("_priority", [&] {
        out.array("extension",
                  [&] { out.string_extension(extensions::original_text, order.fields[OrderField::urgency_sent]); });
    });
}

void write_procedure(ResourceWriter& out, std::string_view name, const OrderRecord& order) {
    const auto& f = order.fields;
    write_concept(out, name,
                  {f[OrderField::procedure_code], f[OrderField::procedure_scheme], f[OrderField::procedure_meaning],
                   f[OrderField::procedure_description]});
}

void write_reasons(ResourceWriter& out, const OrderRecord& order) {
    const auto& f = order.fields;
    out.array("reasonCode", [&] {
        write_concept(out, {},
                      {f[OrderField::reason_code], f[OrderField::reason_scheme], f[OrderField::reason_meaning],
                       f[OrderField::reason]});
    });
}

void write_encounter(ResourceWriter& out, const OrderRecord& order, const ProjectionContext& context) {
    const auto& f = order.fields;
    const auto& number = f[OrderField::admission_id];
    if (is_blank(number)) return;
    const bool account = number == f[OrderField::account_number];
    out.object("encounter", [&] {
        out.word("type", "Encounter");
        write_identifier(out, "identifier", {number, f[OrderField::admission_issuer], account ? "AN" : "VN"}, context);
    });
}

void write_requester(ResourceWriter& out, std::string_view name, const OrderRecord& order) {
    const auto& f = order.fields;
    write_practitioner(
        out, name,
        {order.ordered_by.value, f[OrderField::requesting_physician_id], f[OrderField::requesting_physician]});
}

std::string start_of(const effects::StepRecord& step) {
    const auto& f = step.fields;
    if (f[effects::StepField::start_date].empty()) return {};
    return f[effects::StepField::start_date] + f[effects::StepField::start_time];
}

void write_modality(ResourceWriter& out, std::string_view name, std::string_view modality) {
    write_coding(out, name, systems::dcm, modality, {});
}

}  // namespace gantry::fhir
