#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/statuses.hpp"
#include "fhir/search/order_parameters.hpp"

namespace gantry::fhir {
namespace {

using store::Criterion;

Criterion status_is(const SearchValue& value, const SearchContext&) {
    if (!is_code_of("http://hl7.org/fhir/request-status", value)) return nothing();
    return orders_with(service_request_status, value.code);
}

Criterion priority_is(const SearchValue& value, const SearchContext&) {
    if (!is_code_of("http://hl7.org/fhir/request-priority", value)) return nothing();
    std::vector<std::string> urgencies;
    for (const auto& pair : priority_pairs())
        if (pair.fhir == value.code && fhir_code(priority_pairs(), pair.record) == value.code)
            urgencies.emplace_back(pair.record);
    return store::equal("urgency", std::move(urgencies));
}

}  // namespace

SearchableType service_request_search() {
    SearchableType out;
    out.name = "ServiceRequest";
    out.parameters = {
        id_parameter(),
        last_updated_parameter(),
        {.code = "identifier",
         .expression = "ServiceRequest.identifier",
         .meaning = "A number of the order: the placer's, the filler's, the accession number, the study's UID",
         .where = order_numbered},
        patient_of_order("patient", "ServiceRequest.subject.where(resolve() is Patient)"),
        patient_of_order("subject", "ServiceRequest.subject"),
        {.code = "status",
         .expression = "ServiceRequest.status",
         .meaning = "What became of it",
         .where = status_is,
         .present = [] { return store::all_of({}); },
         .sort = "status"},
        {.code = "intent",
         .expression = "ServiceRequest.intent",
         .meaning = "Always an order",
         .where = [](const SearchValue& value,
                     const SearchContext&) { return constant("http://hl7.org/fhir/request-intent", "order", value); },
         .present = [] { return store::all_of({}); }},
        {.code = "priority",
         .expression = "ServiceRequest.priority",
         .meaning = "How urgent it is",
         .where = priority_is,
         .present = [] { return has_text("urgency"); },
         .sort = "urgency"},
        {.code = "code",
         .expression = "ServiceRequest.code",
         .meaning = "The procedure",
         .where = [](const SearchValue& value,
                     const SearchContext&) { return coded("procedure_code", "procedure_scheme", value); },
         .present = [] { return has_text("procedure_code"); },
         .sort = "procedure_code"},
        order_moment("authored", "ServiceRequest.authoredOn", "When it was ordered", "ordered_date"),
        order_moment("occurrence", "ServiceRequest.occurrence", "When it is to be done", "scheduled_date"),
        {.code = "requester",
         .type = ParameterType::reference,
         .expression = "ServiceRequest.requester",
         .meaning = "Who ordered it",
         .present = [] { return store::none_of({store::equal("ordered_by", std::vector<std::int64_t>{0})}); },
         .targets = order_requester()}};
    return out;
}

}  // namespace gantry::fhir
