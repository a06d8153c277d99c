// Bundles as answers to searches (FHIR R4 bundle.html, search.html 3.1.1.3).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/interactions/outcome.hpp"
#include "fhir/interactions/shelf.hpp"

namespace gantry::fhir {

struct SearchPage {
    std::optional<std::int64_t> total;
    std::string self, next, first;  // whole addresses; empty: there is none
    std::vector<ServedResource> matches, includes;
    std::vector<Issue> issues;  // what was not understood
};

std::string searchset_json(const SearchPage& page, std::string_view base);

}  // namespace gantry::fhir
