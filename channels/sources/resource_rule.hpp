// Conditions about a FHIR resource, or a Bundle of them: the accept rules of a channel with the source `fhir` and the
// `when` of its destinations. They are written like those about messages (docs/specs/mapping-language.md), with the
// places of FHIR:
//
//   {"equals": ["ServiceRequest.priority", "stat"]}
//   {"in": ["ImagingStudy.series.modality.code", ["CT", "MR"]]}       any repetition
//   {"matches": ["DiagnosticReport.conclusion", "(?i)urgent"]}
//   {"exists": "ServiceRequest.occurrenceDateTime"}  {"type": "Patient"}  {"not": c}  {"all": [c, …]}  {"any": [c, …]}
//
// A place begins with a type of resource and means each resource of that type that is written together.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/json/diagnostic.hpp"
#include "engine/json/value.hpp"
#include "fhir/json/resource.hpp"

namespace gantry::channels {

// Members of "$defs" of a JSON Schema: resource_condition, and what it refers to.
std::string_view resource_condition_definitions();

// Cheap to copy; immutable; any thread.
class ResourceRule {
  public:
    // Problems, places that R4 does not have among them, go to `problems`. Empty when there was one.
    static std::optional<ResourceRule> compile(const json::Value& condition, const std::string& pointer,
                                               json::Diagnostics& problems);
    bool holds(const fhir::r4::Resource& submitted) const;

  private:
    struct Condition;
    class Compiler;
    explicit ResourceRule(std::shared_ptr<const Condition> condition) : condition_(std::move(condition)) {}
    std::shared_ptr<const Condition> condition_;
};

}  // namespace gantry::channels
