// FHIRPath Patch (http://hl7.org/fhir/R4/fhirpatch.html): a Parameters resource whose parameters named `operation` add,
// insert, delete, replace and move elements. Pure.
#pragma once
#include <optional>

#include "fhir/json/patch_problem.hpp"
#include "fhir/json/resource.hpp"

namespace gantry::fhir::r4 {

// All operations in their order. Of a problem those before it are done: patch a clone. parameters: of type Parameters.
// Whether the outcome is valid is for validate() to say.
std::optional<PatchProblem> fhirpath_patch(Resource& resource, const Resource& parameters);

}  // namespace gantry::fhir::r4
