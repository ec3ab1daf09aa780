-- Likeness by trigrams, where this server has the extension and lets us create it; search does without it otherwise.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'pg_trgm could not be created (%): search finds no similar names, titleContains has no index', SQLERRM;
END
$$;
--> statement-breakpoint
-- A text as words with spaces between: everything that is no letter and no digit of any script separates. Compatible
-- characters are one (a ligature is its letters); case is left to the dictionary. The collation is PostgreSQL's own,
-- the same on every system.
CREATE FUNCTION pith_graph_words(t text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(
  CASE WHEN octet_length(t) = char_length(t) THEN left(t, 20000) ELSE normalize(left(t, 20000), NFKC) END
    COLLATE "pg_c_utf8",
  '[^[:alnum:] ]+', ' ', 'g');
--> statement-breakpoint
CREATE FUNCTION pith_graph_names(title text, authors text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(title, '') || E'\n' || array_to_string(authors, E'\n');
--> statement-breakpoint
-- Dear, which the planner has to know: an index is worth it also where many papers fit.
CREATE FUNCTION pith_graph_paper_words(title text, authors text[], abstract text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 2000
RETURN setweight(to_tsvector('simple', pith_graph_words(coalesce(title, ''))), 'A')
  || setweight(to_tsvector('simple', pith_graph_words(array_to_string(authors, ' '))), 'B')
  || to_tsvector('simple', pith_graph_words(coalesce(abstract, '')));
--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
    CREATE INDEX papers_names ON papers USING gin (pith_graph_names(title, authors) gin_trgm_ops);
  END IF;
END
$$;
