-- Schema 9. Application acknowledgments that come apart from their attempt: until when one is awaited by a delivery that
-- its receiver has accepted, the one that came, and what names it. And the last number (MSH-13) of each sender that
-- counts its messages; the numbers that destinations are sent.

ALTER TABLE "delivery" ADD COLUMN "answer_until" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "delivery" ADD COLUMN "answer" TEXT NOT NULL DEFAULT '';
ALTER TABLE "delivery" ADD COLUMN "number" BIGINT NOT NULL DEFAULT 0;

CREATE TABLE "awaited_reply" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "destination" TEXT NOT NULL,
  "control_id" TEXT NOT NULL,
  "names" TEXT NOT NULL);

CREATE INDEX "awaited_reply_control_id"
  ON "awaited_reply" (
    "control_id",
    "destination");

CREATE TABLE "sequence_number" (
  "sender" TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  "last" BIGINT NOT NULL);
