#include "fhir/resources/statuses.hpp"
#include "fhir/search/order_parameters.hpp"

namespace gantry::fhir {
namespace {

store::Criterion status_is(const SearchValue& value, const SearchContext&) {
    if (!is_code_of("http://hl7.org/fhir/imagingstudy-status", value)) return nothing();
    return orders_with(imaging_study_status, value.code);
}

}  // namespace

SearchableType imaging_study_search() {
    SearchableType out;
    out.name = "ImagingStudy";
    out.parameters = {id_parameter(),
                      last_updated_parameter(),
                      {.code = "identifier",
                       .expression = "ImagingStudy.identifier",
                       .meaning = "The study's UID, the accession number, a number of its order",
                       .where = order_numbered},
                      patient_of_order("patient", "ImagingStudy.subject.where(resolve() is Patient)"),
                      patient_of_order("subject", "ImagingStudy.subject"),
                      always_refers("basedon", "ImagingStudy.basedOn", "The order", order_of_order()),
                      {.code = "status",
                       .expression = "ImagingStudy.status",
                       .meaning = "What became of it",
                       .where = status_is,
                       .present = [] { return store::all_of({}); },
                       .sort = "status"},
                      order_moment("started", "ImagingStudy.started", "When it was begun", "performed_date"),
                      {.code = "modality",
                       .expression = "ImagingStudy.series.modality",
                       .meaning = "The kind of device",
                       .where = [](const SearchValue& value, const SearchContext&) { return modality_is(value); },
                       .present = [] { return has_text("modality"); },
                       .sort = "modality"}};
    return out;
}

}  // namespace gantry::fhir
