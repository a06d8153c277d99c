-- Schema 1. What the ODB classes in engine/records declare, with what ODB cannot say:
-- partial indexes, and byte order for every text in an index: it is faster, dates and numbers need no other, and an
-- index does not break when the system's collations change.

CREATE TABLE "imaging_study" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "patient" BIGINT NOT NULL,
  "ordered_by" BIGINT NOT NULL,
  "performed_by" BIGINT NOT NULL,
  "last_change" BIGINT NOT NULL,
  "event_time" TEXT NOT NULL,
  "placer_number" TEXT NOT NULL,
  "placer_authority" TEXT NOT NULL,
  "filler_number" TEXT NOT NULL,
  "filler_authority" TEXT NOT NULL,
  "accession_number" TEXT COLLATE "C" NOT NULL,
  "accession_issuer" TEXT NOT NULL,
  "requested_procedure_id" TEXT NOT NULL,
  "study_instance_uid" TEXT COLLATE "C" NOT NULL,
  "procedure_code" TEXT NOT NULL,
  "procedure_scheme" TEXT NOT NULL,
  "procedure_meaning" TEXT NOT NULL,
  "procedure_description" TEXT NOT NULL,
  "study_type" TEXT NOT NULL,
  "modality" TEXT NOT NULL,
  "body_site" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "comments" TEXT NOT NULL,
  "urgency" TEXT NOT NULL,
  "urgency_sent" TEXT NOT NULL,
  "ordered_date" TEXT COLLATE "C" NOT NULL,
  "scheduled_date" TEXT COLLATE "C" NOT NULL,
  "performed_date" TEXT NOT NULL,
  "status" TEXT COLLATE "C" NOT NULL,
  "hold" TEXT NOT NULL,
  "requesting_physician" TEXT NOT NULL,
  "requesting_physician_id" TEXT NOT NULL,
  "referring_physician" TEXT NOT NULL,
  "performing_physician" TEXT NOT NULL,
  "names_of_recipients" TEXT NOT NULL,
  "weight" TEXT NOT NULL,
  "size" TEXT NOT NULL,
  "medical_alerts" TEXT NOT NULL,
  "pregnancy_status" TEXT NOT NULL,
  "patient_state" TEXT NOT NULL,
  "transport" TEXT NOT NULL,
  "confidentiality" TEXT NOT NULL,
  "admission_id" TEXT NOT NULL,
  "admission_issuer" TEXT NOT NULL,
  "account_number" TEXT NOT NULL,
  "patient_location" TEXT NOT NULL,
  "institution" TEXT NOT NULL,
  "institution_address" TEXT NOT NULL,
  "replaces" TEXT NOT NULL,
  "moved_from" TEXT NOT NULL,
  "warnings" TEXT NOT NULL);

CREATE INDEX "imaging_study_patient"
  ON "imaging_study" (
    "patient",
    "ordered_date");

CREATE INDEX "imaging_study_status"
  ON "imaging_study" (
    "status",
    "scheduled_date");

CREATE INDEX "imaging_study_accession"
  ON "imaging_study" ("accession_number");

CREATE INDEX "imaging_study_uid"
  ON "imaging_study" ("study_instance_uid");

CREATE TABLE "order_key" (
  "key" TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  "study" BIGINT NOT NULL);

CREATE TABLE "scheduled_procedure_step" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "study" BIGINT NOT NULL,
  "visible" BOOLEAN NOT NULL,
  "step_id" TEXT NOT NULL,
  "placer_number" TEXT NOT NULL,
  "station_ae" TEXT COLLATE "C" NOT NULL,
  "station_name" TEXT NOT NULL,
  "location" TEXT NOT NULL,
  "modality" TEXT COLLATE "C" NOT NULL,
  "also_modalities" TEXT NOT NULL,
  "start_date" TEXT COLLATE "C" NOT NULL,
  "start_time" TEXT NOT NULL,
  "description" TEXT NOT NULL,
  "protocol_code" TEXT NOT NULL,
  "protocol_scheme" TEXT NOT NULL,
  "protocol_meaning" TEXT NOT NULL,
  "performing_physician" TEXT NOT NULL,
  "pre_medication" TEXT NOT NULL,
  "requested_contrast" TEXT NOT NULL,
  "status" TEXT NOT NULL);

CREATE INDEX "step_study"
  ON "scheduled_procedure_step" ("study");

CREATE INDEX "step_worklist"
  ON "scheduled_procedure_step" (
    "start_date",
    "modality",
    "station_ae") WHERE "visible";

CREATE TABLE "message" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "received" BIGINT NOT NULL,
  "committed" BIGINT NOT NULL,
  "channel" TEXT NOT NULL,
  "peer" TEXT NOT NULL,
  "sender" TEXT COLLATE "C" NOT NULL,
  "control_id" TEXT COLLATE "C" NOT NULL,
  "type" TEXT NOT NULL,
  "digest" BYTEA NOT NULL,
  "occurrence" BIGINT NOT NULL,
  "duplicate_of" BIGINT NOT NULL,
  "revision" BIGINT NOT NULL,
  "outcome" SMALLINT NOT NULL,
  "error" TEXT NOT NULL,
  "error_detail" TEXT NOT NULL,
  "error_place" TEXT NOT NULL,
  "ordering_key" TEXT NOT NULL,
  "reply" BYTEA NOT NULL);

CREATE UNIQUE INDEX "message_origin"
  ON "message" (
    "control_id",
    "sender",
    "digest",
    "occurrence");

CREATE TABLE "message_body" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "encoding" SMALLINT NOT NULL,
  "content" BYTEA NOT NULL);

CREATE TABLE "change_log" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "message" BIGINT NOT NULL,
  "revision" BIGINT NOT NULL,
  "at" BIGINT NOT NULL,
  "actor" TEXT NOT NULL,
  "patches" TEXT NOT NULL);

CREATE TABLE "delivery" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "message" BIGINT NOT NULL,
  "channel" TEXT NOT NULL,
  "destination" TEXT COLLATE "C" NOT NULL,
  "lane" TEXT NOT NULL,
  "state" SMALLINT NOT NULL,
  "attempts" INTEGER NOT NULL,
  "next_attempt" BIGINT NOT NULL,
  "created" BIGINT NOT NULL,
  "finished" BIGINT NOT NULL,
  "last_error" TEXT NOT NULL,
  "as_received" BOOLEAN NOT NULL,
  "lease_owner" TEXT NOT NULL,
  "lease_epoch" BIGINT NOT NULL);

CREATE INDEX "delivery_message"
  ON "delivery" ("message");

CREATE INDEX "delivery_ready"
  ON "delivery" (
    "destination",
    "id") WHERE "state" = 0;

CREATE TABLE "delivery_body" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "encoding" SMALLINT NOT NULL,
  "content" BYTEA NOT NULL);

CREATE TABLE "delivery_attempt" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "delivery" BIGINT NOT NULL,
  "started" BIGINT NOT NULL,
  "finished" BIGINT NOT NULL,
  "verdict" SMALLINT NOT NULL,
  "detail" TEXT NOT NULL);

CREATE INDEX "delivery_attempt_delivery"
  ON "delivery_attempt" ("delivery");

CREATE TABLE "lease" (
  "name" TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  "owner" TEXT NOT NULL,
  "epoch" BIGINT NOT NULL,
  "expires" BIGINT NOT NULL);

CREATE TABLE "channel_revision" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "channel" TEXT COLLATE "C" NOT NULL,
  "digest" TEXT NOT NULL,
  "author" TEXT NOT NULL,
  "document" TEXT NOT NULL,
  "created" BIGINT NOT NULL);

CREATE INDEX "channel_revision_channel"
  ON "channel_revision" (
    "channel",
    "id");

CREATE TABLE "patient" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "merged_into" BIGINT NOT NULL,
  "adt_fields" BIGINT NOT NULL,
  "last_change" BIGINT NOT NULL,
  "name" TEXT NOT NULL,
  "other_names" TEXT NOT NULL,
  "birth_date" TEXT NOT NULL,
  "sex" TEXT NOT NULL,
  "address" TEXT NOT NULL,
  "telecom" TEXT NOT NULL,
  "mother_maiden_name" TEXT NOT NULL,
  "deceased" TEXT NOT NULL,
  "allergies" TEXT NOT NULL);

CREATE TABLE "patient_identifier" (
  "key" TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  "patient" BIGINT NOT NULL,
  "position" INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  "authority" TEXT NOT NULL,
  "type" TEXT NOT NULL);

CREATE INDEX "patient_identifier_patient"
  ON "patient_identifier" ("patient");

CREATE TABLE "provider" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "key" TEXT COLLATE "C" NOT NULL,
  "identifier" TEXT NOT NULL,
  "authority" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "role" TEXT NOT NULL);

CREATE UNIQUE INDEX "provider_key_i"
  ON "provider" ("key");
