#include "fhir/interactions/compartment.hpp"

namespace gantry::fhir {

store::Criterion in_compartment(const SearchableType& type, std::int64_t patient, const SearchContext& context) {
    const auto* name = type.name == "Patient" ? "_id" : "patient";
    auto rows = criterion_of(type, name, std::to_string(patient), context);
    return rows ? std::move(*rows) : store::any_of({});
}

}  // namespace gantry::fhir
