// Parameters that the resources made of an order share.
#pragma once
#include "fhir/search/criteria.hpp"

namespace gantry::fhir {

// Its placer and filler number, accession number, requested procedure id and study instance UID, in every spelling
// (fhir.md 3: one accession, every spelling, the same ids).
store::Criterion order_numbered(const SearchValue& value, const SearchContext& context);
store::Criterion accession_is(const SearchValue& value, const SearchContext& context);
store::Criterion study_uid_is(const SearchValue& value);
store::Criterion modality_is(const SearchValue& value);

SearchParameter order_moment(std::string_view code, std::string_view expression, std::string_view meaning,
                             std::string_view column);
SearchParameter patient_of_order(std::string_view code, std::string_view expression);

}  // namespace gantry::fhir
