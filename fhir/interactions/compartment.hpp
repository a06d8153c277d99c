// The patient compartment (FHIR R4 compartmentdefinition-patient.html): what of each type belongs to a patient.
#pragma once
#include "fhir/search/search_request.hpp"

namespace gantry::fhir {

// The rows of a type that belong to the patient. Of a type that does not belong to patients: none.
store::Criterion in_compartment(const SearchableType& type, std::int64_t patient, const SearchContext& context);

}  // namespace gantry::fhir
