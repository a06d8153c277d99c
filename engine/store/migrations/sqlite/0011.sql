-- Schema 11. Messages that a person put through their channel once more, as it is now.

CREATE TABLE "reprocessing" (
  "id" INTEGER NOT NULL PRIMARY KEY,
  "original" INTEGER NOT NULL,
  "at" INTEGER NOT NULL,
  "decided_by" TEXT NOT NULL,
  "reason" TEXT NOT NULL);

CREATE INDEX "reprocessing_original"
  ON "reprocessing" ("original");
