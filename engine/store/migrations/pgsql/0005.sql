-- Schema 5. A revision of a channel says which mappings and code tables it was read with; their documents are revisions
-- of their own, in the same table.

CREATE TABLE "revision_dependencies" (
  "id" BIGINT NOT NULL PRIMARY KEY,
  "list" TEXT NOT NULL);
