-- Schema 14. What searches of records need: names of patients without case and diacritics (the program fills them for
-- patients that are there already), and what changed since when.

ALTER TABLE "patient" ADD COLUMN "family_folded" TEXT NOT NULL DEFAULT '' COLLATE "C";

ALTER TABLE "patient" ADD COLUMN "given_folded" TEXT NOT NULL DEFAULT '' COLLATE "C";

CREATE INDEX "patient_family"
  ON "patient" ("family_folded");

CREATE INDEX "patient_given"
  ON "patient" ("given_folded");

CREATE INDEX "patient_change"
  ON "patient" ("last_change");

CREATE INDEX "imaging_study_change"
  ON "imaging_study" ("last_change");

CREATE INDEX "radiology_report_change"
  ON "radiology_report" ("last_change");

-- A status with a hold flag, in the order in which they came.
CREATE INDEX "imaging_study_state"
  ON "imaging_study" (
    "status",
    "hold",
    "id");

CREATE INDEX "imaging_study_placer"
  ON "imaging_study" ("placer_number");

CREATE INDEX "imaging_study_filler"
  ON "imaging_study" ("filler_number");

CREATE INDEX "radiology_report_number"
  ON "radiology_report" ("report_number");
