-- Schema 2. What a worklist query narrows by beside date and modality: steps that answer to further modalities, and the
-- number of a patient.

CREATE INDEX "step_also"
  ON "scheduled_procedure_step" ("start_date") WHERE "visible" AND "also_modalities" <> '';

CREATE INDEX "patient_identifier_value"
  ON "patient_identifier" ("value");
