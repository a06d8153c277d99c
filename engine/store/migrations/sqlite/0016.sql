-- Schema 16. Subscriptions: who is notified of what happens to records.

CREATE TABLE "fhir_subscription" (
  "id" INTEGER NOT NULL PRIMARY KEY,
  "version" INTEGER NOT NULL,
  "updated" INTEGER NOT NULL,
  "status" TEXT NOT NULL,
  "error" TEXT NOT NULL,
  "document" TEXT NOT NULL);
