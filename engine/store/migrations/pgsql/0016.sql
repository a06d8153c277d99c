-- Schema 16. Subscriptions: who is notified of what happens to records.

CREATE TABLE "fhir_subscription" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "version" BIGINT NOT NULL,
  "updated" BIGINT NOT NULL,
  "status" TEXT NOT NULL,
  "error" TEXT NOT NULL,
  "document" TEXT NOT NULL);
