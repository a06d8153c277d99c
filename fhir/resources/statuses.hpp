// What became of orders, steps and reports, as the statuses of FHIR. Total: whatever the record says, the answer is a
// code of the value set, so that no resource is without a status. Table: docs/specs/fhir-resources.md.
#pragma once
#include <string_view>

#include "engine/effects/records.hpp"

namespace gantry::fhir {

// COMPLETED and CANCELLED count before the hold flag: what is over cannot be held.
std::string_view service_request_status(const effects::OrderRecord& order);
std::string_view task_status(const effects::OrderRecord& order, const effects::StepRecord& step);
std::string_view appointment_status(const effects::OrderRecord& order);
std::string_view imaging_study_status(const effects::OrderRecord& order);
// result_status, which has the codes of FHIR; a record without one by its status; `registered` at the least.
std::string_view diagnostic_report_status(const effects::ReportRecord& report);
// Of a section of that report: observation-status has no `partial` and no `appended`.
std::string_view observation_status(const effects::ReportRecord& report);

}  // namespace gantry::fhir
