-- Schema 15. Tokens by which programs show what they may do; of a token its digest is kept.

CREATE TABLE "access_token" (
  "id" INTEGER NOT NULL PRIMARY KEY,
  "digest" TEXT NOT NULL,
  "scopes" TEXT NOT NULL,
  "label" TEXT NOT NULL,
  "issued_by" TEXT NOT NULL,
  "patient" INTEGER NOT NULL,
  "issued" INTEGER NOT NULL,
  "expires" INTEGER NOT NULL,
  "revoked" INTEGER NOT NULL);

CREATE UNIQUE INDEX "access_token_digest_i"
  ON "access_token" ("digest");
