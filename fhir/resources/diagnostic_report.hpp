// http://hl7.org/fhir/R4/diagnosticreport.html
#pragma once
#include <string>

#include "engine/effects/records.hpp"
#include "fhir/resources/projection.hpp"

namespace gantry::fhir {

// The report as it is shown. patient: that of its primary order, which a ReportRecord does not have; none: no subject.
//
// The whole text is in presentedForm itself and not behind a url: whoever has the report has its text, of the same
// version, in one request. An enclosed document is behind Binary/{digest}, whose bytes never change.
std::string diagnostic_report_json(const effects::ReportRecord& report, PatientId patient, Instant updated,
                                   const ProjectionContext& context);

}  // namespace gantry::fhir
