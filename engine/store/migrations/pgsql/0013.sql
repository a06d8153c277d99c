-- Schema 13. Messages that were held for an error of their own, and that a person has discarded.

CREATE TABLE "discarded_message" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "at" BIGINT NOT NULL,
  "decided_by" TEXT NOT NULL,
  "reason" TEXT NOT NULL);
