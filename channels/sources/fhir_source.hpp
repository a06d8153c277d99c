// Source `fhir`: resources that others create and update under /fhir of the engine's HTTP port
// (docs/specs/fhir-writing.md).
//
// It listens nowhere itself: the FHIR service hands over what it has checked, as long as the channel runs. One running
// channel may have this source.
#pragma once
#include <string>
#include <vector>

#include "engine/runtime/ports.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::channels {

struct FhirSourceOptions {
    std::vector<std::string> types{"Patient", "ServiceRequest", "ImagingStudy", "DiagnosticReport"};
};
const settings::Schema<FhirSourceOptions>& fhir_source_schema();

class FhirSource final : public runtime::Source {
  public:
    Result<void> start() override { return {}; }
    Result<void> take_over(runtime::Source&) override { return {}; }
    void retire() override {}
    void stop() override {}
    std::string place() const override { return "/fhir"; }
};

}  // namespace gantry::channels
