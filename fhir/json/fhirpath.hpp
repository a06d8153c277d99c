// As much of FHIRPath as patches name places with (http://hl7.org/fhir/R4/fhirpatch.html): names, indexes, first(),
// last(), where() with equality, extension().
//
//   Patient.name[0].given          Patient may be left out; a choice is named by its stem (value) or in full
//   telecom.where(system = 'phone' and use = 'home').value
//   extension('http://example.org/x').value
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "fhir/json/resource.hpp"

namespace gantry::fhir::r4 {

inline constexpr std::size_t longest_fhirpath = 2000;  // bytes

class FhirPath {
  public:
    struct Step;
    // name = 'literal': some element there has that value.
    struct Condition {
        std::vector<Step> path;
        std::string literal;
    };
    struct Step {
        enum class Kind : std::uint8_t { child, index, first, last, where } kind = Kind::child;
        std::string name;
        std::size_t index = 0;
        std::vector<Condition> conditions;  // all of them hold
    };

    // Errors: fhir_bad_resource, with what is not understood as detail.
    static Result<FhirPath> parse(std::string_view text);

    // What it leads to from the root of a resource, in the order of the document. Elements R4 does not know are not
    // among it.
    std::vector<Element> of(const Resource& resource) const;

  private:
    std::vector<Step> steps_;
};

}  // namespace gantry::fhir::r4
