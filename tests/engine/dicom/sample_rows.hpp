// Invented worklist rows for the tests of this room.
#pragma once
#include <string>

#include "engine/effects/worklist.hpp"

namespace gantry::dicom::samples {

inline effects::WorklistRow row(const std::string& name = "SMITH^JOHN", const std::string& accession = "A1") {
    using effects::OrderField;
    using effects::PatientField;
    using effects::StepField;
    effects::WorklistRow row;
    row.patient_fields[PatientField::name] = name;
    row.patient_fields[PatientField::birth_date] = "19700131";
    row.patient_fields[PatientField::sex] = "M";
    row.identifiers = {{"100001", "HOSP", "MR"}};
    row.order_fields[OrderField::accession_number] = accession;
    row.order_fields[OrderField::requested_procedure_id] = "RP" + accession;
    row.order_fields[OrderField::study_instance_uid] = "2.25.1";
    row.order_fields[OrderField::procedure_code] = "CTHEAD";
    row.order_fields[OrderField::procedure_meaning] = "CT of the head";
    row.order_fields[OrderField::urgency] = "URGENT";
    row.step_fields[StepField::step_id] = "S" + accession;
    row.step_fields[StepField::station_ae] = "CT01";
    row.step_fields[StepField::modality] = "CT";
    row.step_fields[StepField::start_date] = row.shown_date = "20261123";
    row.step_fields[StepField::start_time] = "0930";
    row.step_fields[StepField::status] = "SCHEDULED";
    return row;
}

}  // namespace gantry::dicom::samples
