// The order and what became of it, its order numbers, and its scheduled procedure steps.
#pragma once
#include <odb/core.hxx>

#include <cstdint>
#include <string>

namespace gantry {
namespace records {

#pragma db object table("imaging_study") pointer(std::shared_ptr)
struct ImagingStudy {
#pragma db id
    std::int64_t id = 0;
    std::int64_t patient = 0;
    std::int64_t ordered_by = 0, performed_by = 0;  // provider ids; 0: none
    std::int64_t last_change = 0;
    std::string event_time;  // UTC YYYYMMDDHHMMSS of the newest message applied
    std::string placer_number;
    std::string placer_authority;
    std::string filler_number;
    std::string filler_authority;
    std::string accession_number;
    std::string accession_issuer;
    std::string requested_procedure_id;
    std::string study_instance_uid;
    std::string procedure_code;
    std::string procedure_scheme;
    std::string procedure_meaning;
    std::string procedure_description;
    std::string study_type;
    std::string modality;
    std::string body_site;
    std::string reason;
    std::string reason_code;
    std::string reason_scheme;
    std::string reason_meaning;
    std::string comments;
    std::string urgency;
    std::string urgency_sent;
    std::string ordered_date;
    std::string scheduled_date;
    std::string performed_date;
    std::string status;
    std::string hold;
    std::string requesting_physician;
    std::string requesting_physician_id;
    std::string referring_physician;
    std::string performing_physician;
    std::string names_of_recipients;
    std::string weight;
    std::string size;
    std::string medical_alerts;
    std::string pregnancy_status;
    std::string patient_state;
    std::string transport;
    std::string confidentiality;
    std::string admission_id;
    std::string admission_issuer;
    std::string account_number;
    std::string patient_location;
    std::string institution;
    std::string institution_address;
    std::string replaces;
    std::string moved_from;
    std::string posted_request;
    std::string posted_study;
    std::string warnings;
#pragma db index("imaging_study_patient") members(patient, ordered_date)
#pragma db index("imaging_study_status") members(status, scheduled_date)
#pragma db index("imaging_study_accession") member(accession_number)
#pragma db index("imaging_study_uid") member(study_instance_uid)
#pragma db index("imaging_study_change") member(last_change)
#pragma db index("imaging_study_state") members(status, hold, id)
#pragma db index("imaging_study_placer") member(placer_number)
#pragma db index("imaging_study_filler") member(filler_number)
#pragma db index("imaging_study_ordered") member(ordered_date)
#pragma db index("imaging_study_scheduled") member(scheduled_date)
#pragma db index("imaging_study_performed") member(performed_date)
#pragma db index("imaging_study_procedure") member(procedure_code)
#pragma db index("imaging_study_modality") member(modality)
#pragma db index("imaging_study_urgency") member(urgency)
#pragma db index("imaging_study_requester") member(ordered_by)
};

// A placer or filler number with its namespace and procedure; several may lead to one order.
#pragma db object table("order_key")
struct OrderKey {
#pragma db id
    std::string key;
    std::int64_t study = 0;
};

#pragma db object table("scheduled_procedure_step") pointer(std::shared_ptr)
struct ScheduledProcedureStep {
#pragma db id
    std::int64_t id = 0;
    std::int64_t study = 0;
    bool visible = false;  // open, and its order not held: what a worklist query without a status sees
    std::string step_id;
    std::string placer_number;
    std::string station_ae;
    std::string station_name;
    std::string location;
    std::string modality;
    std::string also_modalities;
    std::string start_date;
    std::string start_time;
    std::string description;
    std::string protocol_code;
    std::string protocol_scheme;
    std::string protocol_meaning;
    std::string performing_physician;
    std::string pre_medication;
    std::string requested_contrast;
    std::string status;
#pragma db index("step_study") member(study)
#pragma db index("step_number") member(step_id)
#pragma db index("step_worklist") members(visible, start_date, modality, station_ae)
#pragma db index("step_also") member(start_date)
};

}  // namespace records
}  // namespace gantry
