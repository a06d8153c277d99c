-- Schema 15. Tokens by which programs show what they may do; of a token its digest is kept.

CREATE TABLE "access_token" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "digest" TEXT COLLATE "C" NOT NULL,
  "scopes" TEXT NOT NULL,
  "label" TEXT NOT NULL,
  "issued_by" TEXT NOT NULL,
  "patient" BIGINT NOT NULL,
  "issued" BIGINT NOT NULL,
  "expires" BIGINT NOT NULL,
  "revoked" BIGINT NOT NULL);

CREATE UNIQUE INDEX "access_token_digest_i"
  ON "access_token" ("digest");
