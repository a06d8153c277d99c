-- Schema 8. How many messages there are with each outcome, and how many were received and removed: kept in the
-- transactions that change it, because to count rows takes as long as there are rows. What is here already is counted
-- once, now. 100: received, 101: removed.

CREATE TABLE "ledger_count" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "messages" BIGINT NOT NULL);

INSERT INTO "ledger_count" SELECT "outcome", count(*) FROM "message" GROUP BY "outcome";
INSERT INTO "ledger_count" SELECT 100, count(*) FROM "message";
