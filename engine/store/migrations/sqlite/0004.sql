-- Schema 4. Radiology reports.

CREATE TABLE "radiology_report" (
  "id" INTEGER NOT NULL PRIMARY KEY,
  "imaging_study" INTEGER NOT NULL,
  "reported_by" INTEGER NOT NULL,
  "current_version" INTEGER NOT NULL,
  "last_change" INTEGER NOT NULL,
  "report_number" TEXT NOT NULL,
  "report_authority" TEXT NOT NULL,
  "title" TEXT NOT NULL,
  "code" TEXT NOT NULL,
  "code_scheme" TEXT NOT NULL,
  "category" TEXT NOT NULL,
  "radiologist" TEXT NOT NULL,
  "radiologist_id" TEXT NOT NULL,
  "report_date" TEXT NOT NULL,
  "observation_date" TEXT NOT NULL,
  "finalized_date" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "result_status" TEXT NOT NULL,
  "study_instance_uid" TEXT NOT NULL,
  "clinical_history" TEXT NOT NULL,
  "technique" TEXT NOT NULL,
  "findings" TEXT NOT NULL,
  "impression" TEXT NOT NULL,
  "recommendations" TEXT NOT NULL,
  "addenda" TEXT NOT NULL,
  "text" TEXT NOT NULL,
  "document_type" TEXT NOT NULL,
  "document_digest" TEXT NOT NULL,
  "document_size" TEXT NOT NULL,
  "document_location" TEXT NOT NULL,
  "warnings" TEXT NOT NULL);

CREATE INDEX "radiology_report_study"
  ON "radiology_report" (
    "imaging_study",
    "report_date");

CREATE INDEX "radiology_report_status"
  ON "radiology_report" (
    "status",
    "finalized_date");

CREATE TABLE "report_order" (
  "id" INTEGER NOT NULL PRIMARY KEY,
  "report" INTEGER NOT NULL,
  "study" INTEGER NOT NULL,
  "position" INTEGER NOT NULL);

CREATE INDEX "report_order_report"
  ON "report_order" ("report");

CREATE INDEX "report_order_study"
  ON "report_order" ("study");

CREATE TABLE "report_key" (
  "key" TEXT NOT NULL PRIMARY KEY,
  "report" INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE "report_version" (
  "id" INTEGER NOT NULL PRIMARY KEY,
  "report" INTEGER NOT NULL,
  "change" INTEGER NOT NULL,
  "event_time" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "content" TEXT NOT NULL);

CREATE INDEX "report_version_report"
  ON "report_version" ("report");

CREATE TABLE "report_document" (
  "digest" TEXT NOT NULL PRIMARY KEY,
  "media_type" TEXT NOT NULL,
  "content" BLOB NOT NULL);
