// Bundles as answers to histories (http://hl7.org/fhir/R4/http.html#history): each version with the request that made
// it and what that was answered.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "fhir/interactions/resource_history.hpp"

namespace gantry::fhir {

struct HistoryPage {
    std::string self, first, next;  // whole addresses; empty: there is none
    std::vector<PastVersion> entries;
};

std::string history_json(const HistoryPage& page, std::string_view base);

}  // namespace gantry::fhir
