-- Who says that a DOI or work id stands for another identifier, where papers disagree: counted, so that one paper among
-- many moves no citation.
ALTER TABLE "work_identifiers" ADD COLUMN "voices" text;--> statement-breakpoint
-- The year that references state, beside the year of the work, which an arXiv id tells.
ALTER TABLE "works" ADD COLUMN "stated_year" integer;--> statement-breakpoint
-- Identifiers, titles, authors and years are read in another way from here on: what is stored of papers is to be
-- recomputed from the log. `pith-graph rebuild` does it and takes this mark away; until then the old rows are served.
INSERT INTO "settings" ("name", "value")
SELECT 'rebuild_due', 'Identifiers, titles, authors and years are read in a better way since they were stored.'
WHERE EXISTS (SELECT FROM "records")
ON CONFLICT ("name") DO UPDATE SET "value" = excluded."value";
