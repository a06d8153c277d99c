// Stored rows as the records that rules and readers see. Inside a transaction of the caller's.
#pragma once
#include <odb/database.hxx>

#include "engine/effects/records.hpp"
#include "records-odb.hxx"

namespace gantry::store {

effects::OrderRecord order_of(const records::ImagingStudy& row);
effects::PatientRecord patient_of(const records::Patient& row);
effects::ReportRecord report_of(const records::RadiologyReport& row);

void load_steps(odb::database& database, effects::OrderRecord& order);
void load_identifiers(odb::database& database, effects::PatientRecord& patient);
void load_orders(odb::database& database, effects::ReportRecord& report);
void load_versions(odb::database& database, effects::ReportRecord& report);

}  // namespace gantry::store
