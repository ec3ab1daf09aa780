ALTER TABLE "records" ADD COLUMN "aliases" text DEFAULT '[]' NOT NULL;--> statement-breakpoint
-- A paper's aliases in one text, as store/stored-aliases.ts has it. `->` gives a string as it is written, escapes and all.
UPDATE "records" SET "aliases" = merged.texts
FROM (
  SELECT paper_id, '[' || string_agg(
    '[' || kind || ',' || value || ',' || created_at || ',' || let_in_at_hash || ',' || is_current || ']', ','
    ORDER BY (kind || ',' || value || ',' || let_in_at_hash) COLLATE "C") || ']' AS texts
  FROM (
    SELECT paper_id, let_in_at_hash::text, is_current::text, (alias::json -> 'alias_kind')::text AS kind,
      (alias::json -> 'alias_value')::text AS value, (alias::json -> 'created_at')::text AS created_at
    FROM "aliases"
  ) AS single
  GROUP BY paper_id
) AS merged
WHERE merged.paper_id = "records".paper_id;--> statement-breakpoint
DROP TABLE "aliases";
