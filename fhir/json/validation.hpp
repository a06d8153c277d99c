// Whether a tree is what R4 says about it (http://hl7.org/fhir/R4/validation.html): cardinality, the rules of
// primitives, one type of a choice, required bindings, what references may refer to, narrative, and the invariants of
// the data types and of the resources that the engine projects (invariants_*.cpp). What is not checked is in
// docs/specs/fhir-json.md.
//
// Pure and without I/O. All problems come back, in the order of the resource, up to max_issues.
#pragma once
#include <cstddef>
#include <vector>

#include "fhir/json/issue.hpp"
#include "fhir/json/resource.hpp"

namespace gantry::fhir::r4 {

struct ValidateOptions {
    std::size_t max_issues = 100;
    // Rules that are advice (dom-6: a resource should have a narrative) are told as warnings.
    bool advice = false;
};

std::vector<Issue> validate(const Resource& resource, const ValidateOptions& options = {});

}  // namespace gantry::fhir::r4
