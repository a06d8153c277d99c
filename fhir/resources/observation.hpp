// http://hl7.org/fhir/R4/observation.html
#pragma once
#include <optional>
#include <string>

#include "engine/effects/records.hpp"
#include "fhir/resources/projection.hpp"

namespace gantry::fhir {

// One section of a report. number: from 1, a row of report_sections(), so that ids are stable. Nothing: there is no
// such section, or it says nothing.
std::optional<std::string> observation_json(const effects::ReportRecord& report, PatientId patient, std::size_t number,
                                            Instant updated, const ProjectionContext& context);

}  // namespace gantry::fhir
