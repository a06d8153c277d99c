// The worklist as values: what a modality asks (PS3.4 K.6) and one row of the answer. Made from records, never stored.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "engine/effects/effects.hpp"
#include "engine/effects/fields.hpp"

namespace gantry::effects {

// One scheduled procedure step with its order and patient: everything a C-FIND answer can need.
struct WorklistRow {
    std::int64_t step = 0, order = 0, patient = 0;
    FieldValues<PatientField> patient_fields;
    FieldValues<OrderField> order_fields;
    FieldValues<StepField> step_fields;
    std::vector<Identifier> identifiers;  // the one the patient is filed under first
    std::string shown_date;               // start_date, or today for a step without one
};

// Keys already decoded to UTF-8, trimmed, without character sets or DICOM encoding. An empty key matches everything.
// Text keys may hold * and ?; list keys match any of their values.
struct WorklistQuery {
    std::string date_from, date_to;  // YYYYMMDD inclusive; both empty: no date value in the query
    std::string time_from, time_to;  // HHMMSS
    bool combined_date_time = true;  // date and time ranges form one interval (PS3.4 C.2.2.2.5)
    std::vector<std::string> modalities;
    std::string station_ae;
    std::vector<std::string> statuses;  // empty: only steps that are open and not held
    std::string patient_name, patient_id, patient_id_issuer, birth_date, sex;
    std::string accession_number, requested_procedure_id, step_id, performing_physician, referring_physician,
        requesting_physician, admission_id, procedure_code;
    std::vector<std::string> study_instance_uids;
    std::string today;        // YYYYMMDD at the site, for steps without a date and for the default window
    std::size_t at_most = 0;  // 0: no cap
};

}  // namespace gantry::effects
