// JSON Patch (RFC 6902) with JSON Pointer (RFC 6901) on a resource as FHIR JSON. Pure; any bytes may be given as a
// patch.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "fhir/json/patch_problem.hpp"

namespace gantry::fhir::r4 {

// All operations in their order, or none: then `resource` is as it was. What is left without content is left out, as
// FHIR has no empty arrays and objects. Whether the outcome is a resource is for its reader to say.
std::optional<PatchProblem> json_patch(std::string& resource, std::string_view patch);

}  // namespace gantry::fhir::r4
