-- Schema 7. What lists of messages are found by beside control id and time. Both grow at their ends: a message is the
-- newest of its channel, and few have an outcome of the second index. And destinations that a person has stopped.

CREATE INDEX "message_channel"
  ON "message" ("channel");

CREATE INDEX "message_outcome"
  ON "message" ("outcome") WHERE "outcome" >= 2;

CREATE TABLE "destination_hold" (
  "destination" TEXT NOT NULL PRIMARY KEY,
  "since" INTEGER NOT NULL,
  "held_by" TEXT NOT NULL,
  "reason" TEXT NOT NULL) WITHOUT ROWID;
