#include "channels/sources/fhir_source.hpp"

#include <algorithm>

#include "fhir/mapping/resource_effects.hpp"

namespace gantry::channels {

const settings::Schema<FhirSourceOptions>& fhir_source_schema() {
    static const auto schema =
        settings::Schema<FhirSourceOptions>("fhir", "FHIR R4 resources that others create and update under /fhir.")
            .option("types", &FhirSourceOptions::types, "what may be written; other types are refused")
            .example(R"(["DiagnosticReport", "ImagingStudy"])")
            .check([](const FhirSourceOptions& options) {
                const auto known = fhir::written_types();
                for (const auto& type : options.types)
                    if (std::find(known.begin(), known.end(), type) == known.end())
                        return "\"" + type + "\" cannot be written";
                return std::string(options.types.empty() ? "at least one is needed" : "");
            });
    return schema;
}

}  // namespace gantry::channels
