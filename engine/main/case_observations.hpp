// What came out of a channel, as observations: the names a case file can use (docs/specs/case-files.md).
#pragma once
#include "engine/dicom/dataset.hpp"
#include "engine/effects/records.hpp"
#include "engine/effects/worklist.hpp"
#include "engine/main/case_comparison.hpp"
#include "engine/main/trial.hpp"

namespace gantry {

// Fields by message path: "MSA-1", "ERR[2]-3.1".
Observation observe_reply(const std::string& reply);
Observation observe_outcome(const Trial::Step& step);
// The records of a store, with what they refer to.
struct StoredRecords {
    std::vector<effects::OrderRecord> orders;
    std::vector<effects::PatientRecord> patients;
    std::vector<effects::ReportRecord> reports;
};
Observation observe_order(const effects::OrderRecord& order, const StoredRecords& all);
Observation observe_report(const effects::ReportRecord& report, const StoredRecords& all);
Observation observe_patient(const effects::PatientRecord& patient, const std::vector<effects::PatientRecord>& patients);
Observation observe_delivery(const store::DeliveryWork& delivery);
// A C-FIND answer: attributes by keyword or tag, those of the step sequence beside the others; an attribute inside
// another sequence by both tags, "(0008,0051).(0040,0031)".
Observation observe_answer(const effects::WorklistRow& row);

// The identifier of a C-FIND request with these keys, by keyword or tag; keys of the step go into its sequence. What
// cannot be understood is in `problems`.
dicom::Dataset worklist_keys(const json::Value& query, const std::string& pointer, json::Diagnostics& problems);

}  // namespace gantry
