// The members of stored records as values of the field table.
#pragma once
#include "engine/effects/worklist.hpp"
#include "records-odb.hxx"

namespace gantry::store {

#define GANTRY_COPY(name, ...) to.at(i++) = from.name;
inline void copy_fields(const records::Patient& from, effects::FieldValues<effects::PatientField>& to) {
    std::size_t i = 0;
    GANTRY_PATIENT_FIELDS(GANTRY_COPY)
}
inline void copy_fields(const records::ImagingStudy& from, effects::FieldValues<effects::OrderField>& to) {
    std::size_t i = 0;
    GANTRY_ORDER_FIELDS(GANTRY_COPY)
}
inline void copy_fields(const records::ScheduledProcedureStep& from, effects::FieldValues<effects::StepField>& to) {
    std::size_t i = 0;
    GANTRY_STEP_FIELDS(GANTRY_COPY)
}
inline void copy_fields(const records::RadiologyReport& from, effects::FieldValues<effects::ReportField>& to) {
    std::size_t i = 0;
    GANTRY_REPORT_FIELDS(GANTRY_COPY)
}
#undef GANTRY_COPY

}  // namespace gantry::store
