-- Schema 6. When the attempt began whose end nobody knows yet: after a crash such a delivery is in doubt. And what of a
-- queue waits for a person, so that the lanes behind it are found without reading the queue.

ALTER TABLE "delivery" ADD COLUMN "begun" INTEGER NOT NULL DEFAULT 0;

CREATE INDEX "delivery_waiting"
  ON "delivery" (
    "destination",
    "state",
    "id") WHERE "state" IN (5, 6, 7);
