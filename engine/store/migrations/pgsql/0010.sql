-- Schema 10. Attachments of messages are documents as those of reports are: each once, with who keeps it. Message 0:
-- reports do, and these stay.

ALTER TABLE "report_document" ADD COLUMN "encoding" SMALLINT NOT NULL DEFAULT 0;

CREATE TABLE "document_use" (
  "digest" TEXT COLLATE "C" NOT NULL,
  "message" BIGINT NOT NULL,
  PRIMARY KEY ("digest",
               "message"));

CREATE INDEX "document_use_message"
  ON "document_use" ("message");

INSERT INTO "document_use" SELECT "digest", 0 FROM "report_document";
