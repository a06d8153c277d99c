// The one table of what can be searched: each resource type with the records it is made of, and its parameters (FHIR
// R4, fhir.md 2; IHE IMR RAD-143). The search, the CapabilityStatement, the SearchParameter resources and the test that
// asks for everything declared all read it.
#pragma once
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/store/record_search.hpp"
#include "fhir/resources/projection.hpp"
#include "fhir/search/values.hpp"

namespace gantry::fhir {

struct SearchContext {
    ValueContext values;
    const ProjectionContext& projection;
};

// How rows of one type are reached from rows of another, both ways.
struct ReferenceTarget {
    std::string_view type;
    // The rows that refer to one of the target's rows for which the criterion holds.
    store::Criterion (*referring)(store::Criterion of_target) = nullptr;
    // The target's rows to which a row refers for which the criterion holds.
    store::Criterion (*referred)(store::Criterion of_source) = nullptr;
};

struct SearchParameter {
    std::string_view code;
    ParameterType type = ParameterType::token;
    std::string_view expression;  // FHIRPath, as in R4 or, of ours, in its way
    std::string_view meaning;     // one line for the reference
    bool ours = false;            // not of R4
    // Rows with the value; not of references. Errors: fhir_bad_parameter, what the records cannot tell.
    std::function<Result<store::Criterion>(const SearchValue&, const SearchContext&)> where{};
    // The part of a string that :exact and :contains look for; strings only.
    std::function<store::Criterion(std::string_view text)> contains{}, exact{};
    std::function<store::Criterion()> present{};  // rows that have any value; none: :missing is not supported
    std::string_view sort{};                      // the column that orders by it; empty: it cannot
    std::vector<ReferenceTarget> targets{};       // of references
    std::string_view alias_of{};                  // another spelling of that parameter
};

struct SearchableType {
    std::string_view name;
    store::Table table = store::Table::order;
    store::Criterion (*rows)() = nullptr;  // of the table that are such a resource; none: all
    std::vector<SearchParameter> parameters;

    const SearchParameter* find(std::string_view code) const;  // aliases lead to what they stand for
};

std::span<const SearchableType> searchable_types();
const SearchableType* searchable_type(std::string_view name);

}  // namespace gantry::fhir
