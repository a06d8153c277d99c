// Elements that the resources made of one report have in common.
#pragma once
#include "engine/effects/records.hpp"
#include "fhir/resources/projection.hpp"
#include "fhir/resources/resource_writer.hpp"

namespace gantry::fhir {

// `basedOn`: every order that it answers, the primary one first.
void write_orders_answered(ResourceWriter& out, const effects::ReportRecord& report);
// `effectiveDateTime`: when it was done. `issued`: of the version shown.
void write_report_times(ResourceWriter& out, const effects::ReportRecord& report, const ProjectionContext& context);
// An array with the one who read it.
void write_radiologist(ResourceWriter& out, std::string_view name, const effects::ReportRecord& report);

// Whether it has something to read in that section (from 1), and the id of the Observation that says it:
// {report}-{number}.
bool has_section(const effects::ReportRecord& report, std::size_t number);
std::string section_id(ReportId report, std::size_t number);

}  // namespace gantry::fhir
