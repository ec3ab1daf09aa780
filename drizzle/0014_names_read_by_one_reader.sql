-- Who says that a DOI or work id stands for another identifier, where papers disagree: counted, so that one paper among
-- many moves no citation.
ALTER TABLE "work_identifiers" ADD COLUMN "voices" text;--> statement-breakpoint
-- The year that references state, beside the year of the work, which a paper or an arXiv id tells.
ALTER TABLE "works" ADD COLUMN "stated_year" integer;--> statement-breakpoint
-- Identifiers, titles, authors and years are read in another way from here on: what is stored of papers is to be
-- recomputed from the log. `pith-graph rebuild` does it and takes this mark away; until then the old rows are served.
INSERT INTO "settings" ("name", "value")
SELECT 'rebuild_due', 'Identifiers, titles, authors and years are read in a better way since they were stored.'
WHERE EXISTS (SELECT FROM "records")
ON CONFLICT ("name") DO UPDATE SET "value" = excluded."value";--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".title IS 'The title of the current snapshot as text: on one line, TeX as Unicode; null where it gives none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".authors IS 'The authors in their order, one name each: Michael Färber.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".abstract_excerpt IS 'The beginning of the abstract as text, like title; null where the snapshot has none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".title IS 'The title as cited, as text like papers.title; null where none is given.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".year IS 'The year as cited, from 1000 to 2100; null where none is given.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".year IS 'The year of the paper held, else of its arXiv id, else as a reference states it; null where none is known.';
