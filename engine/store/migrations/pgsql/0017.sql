-- Schema 17. Resources as they were posted, each once, and which of them a record was posted as last.

CREATE TABLE "posted_resource" (
  "sum" TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  "content" BYTEA NOT NULL,
  "encoding" SMALLINT NOT NULL);

ALTER TABLE "patient" ADD COLUMN "posted" TEXT NOT NULL DEFAULT '' COLLATE "C";

ALTER TABLE "imaging_study" ADD COLUMN "posted_request" TEXT NOT NULL DEFAULT '' COLLATE "C";

ALTER TABLE "imaging_study" ADD COLUMN "posted_study" TEXT NOT NULL DEFAULT '' COLLATE "C";

ALTER TABLE "radiology_report" ADD COLUMN "posted" TEXT NOT NULL DEFAULT '' COLLATE "C";
