-- Schema 18. What pages of searches begin with: an order by its moments, its procedure, modality and urgency, by who
-- ordered it; a step by its number; a patient by the days of birth and death; a report by when it was issued.

CREATE INDEX "imaging_study_ordered"
  ON "imaging_study" ("ordered_date");

CREATE INDEX "imaging_study_scheduled"
  ON "imaging_study" ("scheduled_date");

CREATE INDEX "imaging_study_performed"
  ON "imaging_study" ("performed_date");

CREATE INDEX "imaging_study_procedure"
  ON "imaging_study" ("procedure_code");

CREATE INDEX "imaging_study_modality"
  ON "imaging_study" ("modality");

CREATE INDEX "imaging_study_urgency"
  ON "imaging_study" ("urgency");

CREATE INDEX "imaging_study_requester"
  ON "imaging_study" ("ordered_by");

CREATE INDEX "patient_birth"
  ON "patient" ("birth_date");

CREATE INDEX "radiology_report_issued"
  ON "radiology_report" ("report_date");

CREATE INDEX "patient_deceased"
  ON "patient" ("deceased");

CREATE INDEX "step_number"
  ON "scheduled_procedure_step" ("step_id");
