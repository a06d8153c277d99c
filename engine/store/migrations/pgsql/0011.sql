-- Schema 11. Messages that a person put through their channel once more, as it is now.

CREATE TABLE "reprocessing" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "original" BIGINT NOT NULL,
  "at" BIGINT NOT NULL,
  "decided_by" TEXT NOT NULL,
  "reason" TEXT NOT NULL);

CREATE INDEX "reprocessing_original"
  ON "reprocessing" ("original");
