-- A text as words with spaces between: punctuation, symbols, white space and control characters separate. All else is
-- part of a word: letters, digits of any script, and the marks that belong to letters. Invisible characters inside a
-- word are dropped. Compatible characters are one (a ligature is its letters; a letter and its combining accent are the
-- accented letter); case is left to the dictionary. The collation is PostgreSQL's own, the same on every system.
CREATE OR REPLACE FUNCTION pith_graph_words(t text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(
  CASE WHEN octet_length(t) = char_length(t) THEN left(t, 20000)
       ELSE translate(normalize(left(t, 20000), NFKC), U&'\200B\00AD\200C\200D\2060\FEFF', ' ') END
    COLLATE "pg_c_utf8",
  '[[:punct:][:space:][:cntrl:]]+', ' ', 'g');
--> statement-breakpoint
REINDEX INDEX "papers_words";--> statement-breakpoint
REINDEX INDEX "claims_words";
