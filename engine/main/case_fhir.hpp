// What FHIR answers, as observations of a case file (docs/specs/case-files.md): one row for each resource, its elements
// by path.
#pragma once
#include <optional>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/main/case_comparison.hpp"
#include "engine/net/http.hpp"

namespace gantry {

// The resources of a searchset in their order, or the one that was read. Errors: that the answer was no success, with
// its status and first reason as the detail.
Result<Observation> observe_fhir(const net::HttpResponse& answer);

}  // namespace gantry
