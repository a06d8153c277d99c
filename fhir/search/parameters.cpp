#include "fhir/search/parameters.hpp"

#include <algorithm>

#include "fhir/search/criteria.hpp"

namespace gantry::fhir {

const SearchParameter* SearchableType::find(std::string_view code) const {
    const auto at =
        std::find_if(parameters.begin(), parameters.end(), [&](const auto& one) { return one.code == code; });
    if (at == parameters.end()) return nullptr;
    return at->alias_of.empty() ? &*at : find(at->alias_of);
}

std::span<const SearchableType> searchable_types() {
    static const std::vector<SearchableType> all{
        patient_search(), practitioner_search(), service_request_search(),  imaging_study_search(),
        task_search(),    appointment_search(),  diagnostic_report_search()};
    return all;
}

const SearchableType* searchable_type(std::string_view name) {
    const auto all = searchable_types();
    const auto at = std::find_if(all.begin(), all.end(), [&](const auto& type) { return type.name == name; });
    return at == all.end() ? nullptr : &*at;
}

}  // namespace gantry::fhir
