-- Schema 3. The reason for the procedure as a code.

ALTER TABLE "imaging_study" ADD COLUMN "reason_code" TEXT NOT NULL DEFAULT '';
ALTER TABLE "imaging_study" ADD COLUMN "reason_scheme" TEXT NOT NULL DEFAULT '';
ALTER TABLE "imaging_study" ADD COLUMN "reason_meaning" TEXT NOT NULL DEFAULT '';
