-- Schema 10. Attachments of messages are documents as those of reports are: each once, with who keeps it. Message 0:
-- reports do, and these stay.

ALTER TABLE "report_document" ADD COLUMN "encoding" INTEGER NOT NULL DEFAULT 0;

CREATE TABLE "document_use" (
  "digest" TEXT NOT NULL,
  "message" INTEGER NOT NULL,
  PRIMARY KEY (
    "digest",
    "message")) WITHOUT ROWID;

CREATE INDEX "document_use_message"
  ON "document_use" ("message");

INSERT INTO "document_use" SELECT "digest", 0 FROM "report_document";
