ALTER TABLE "records" ADD COLUMN "aliases" text DEFAULT '[]' NOT NULL;--> statement-breakpoint
-- A paper's aliases in one text, as store/stored-aliases.ts has it. Its strings are taken as they are written, escapes
-- and all: PostgreSQL itself reads no string with U+0000 in it.
UPDATE "records" SET "aliases" = merged.texts
FROM (
  SELECT paper_id, '[' || string_agg(
    '[' || parts[1] || ',' || parts[2] || ',' || parts[3] || ',' || let_in_at_hash || ',' || is_current || ']', ','
    ORDER BY (parts[1] || ',' || parts[2] || ',' || let_in_at_hash) COLLATE "C") || ']' AS texts
  FROM (
    SELECT paper_id, let_in_at_hash::text, is_current::text, regexp_match(alias,
      '^\{"alias_kind":("(?:[^"\\]|\\.)*"),"alias_value":("(?:[^"\\]|\\.)*"),"created_at":("[^"]*")\}$') AS parts
    FROM "aliases"
  ) AS single
  GROUP BY paper_id
) AS merged
WHERE merged.paper_id = "records".paper_id;--> statement-breakpoint
DROP TABLE "aliases";
