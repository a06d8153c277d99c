// What a page brings along: _include and _revinclude, once or :iterate (FHIR R4 search.html 3.1.1.5.4).
#pragma once
#include <optional>
#include <vector>

#include "fhir/interactions/shelf.hpp"
#include "fhir/search/search_request.hpp"

namespace gantry::fhir {

// Each resource once, and none of the matches; at most `most_included`. patient: only what belongs to this patient.
// may_see: the types that the client may read.
inline constexpr std::size_t most_included = 1000;
struct IncludeRules {
    std::optional<std::int64_t> patient;
    std::function<bool(std::string_view type)> may_see;
};
Result<std::vector<ServedResource>> included(const std::vector<Include>& includes,
                                             const std::vector<ServedResource>& matches, store::RecordSearch& search,
                                             const Shelf& shelf, const SearchContext& context,
                                             const IncludeRules& rules);

}  // namespace gantry::fhir
