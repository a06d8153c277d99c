-- Schema 12. Which deliveries are urgent, and what of their lanes has to leave before them (engine/store/urgent_lanes.hpp).
-- The indexes hold nothing of destinations whose deliveries are not ranked.

ALTER TABLE "delivery" ADD COLUMN "priority" INTEGER NOT NULL DEFAULT 0;

CREATE INDEX "delivery_urgent"
  ON "delivery" (
    "destination",
    "id") WHERE "state" = 0 AND "priority" >= 3;

CREATE INDEX "delivery_joined"
  ON "delivery" (
    "destination",
    "id") WHERE "state" = 0 AND "priority" IN (2, 4);

CREATE INDEX "delivery_lane"
  ON "delivery" (
    "destination",
    "lane",
    "id") WHERE "state" = 0 AND "priority" > 0;
