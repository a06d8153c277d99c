-- Schema 13. Messages that were held for an error of their own, and that a person has discarded.

CREATE TABLE "discarded_message" (
  "id" INTEGER NOT NULL PRIMARY KEY,
  "at" INTEGER NOT NULL,
  "decided_by" TEXT NOT NULL,
  "reason" TEXT NOT NULL);
