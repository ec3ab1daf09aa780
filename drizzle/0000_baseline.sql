-- The schema of version 0.1.0. `npm run db:generate` wrote the types, tables and indexes, except the storage settings.
-- The extension, the functions, the index of names and the schema analytics are written by hand.
-- Trigram similarity, if the server has the extension and this user may create it. Search works without it.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'pg_trgm could not be created (%): search finds no similar names, titleContains has no index', SQLERRM;
END
$$;
--> statement-breakpoint
-- Divides a text into words separated by spaces. Punctuation, symbols, white space and control characters are separators;
-- letters, digits of any script, and marks of letters are parts of words. Invisible characters within a word are dropped.
-- Compatible characters are normalised (a ligature becomes its letters, a letter with a combining accent the accented
-- letter); the dictionary folds case. The collation is PostgreSQL's own, so that it is the same on every system.
CREATE FUNCTION pith_graph_words(t text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(
  CASE WHEN octet_length(t) = char_length(t) THEN left(t, 20000)
       ELSE translate(normalize(left(t, 20000), NFKC), U&'\200B\00AD\200C\200D\2060\FEFF', ' ') END
    COLLATE "pg_c_utf8",
  '[[:punct:][:space:][:cntrl:]]+', ' ', 'g');
--> statement-breakpoint
CREATE FUNCTION pith_graph_names(title text, authors text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(title, '') || E'\n' || array_to_string(authors, E'\n');
--> statement-breakpoint
-- Expensive: with this cost the planner prefers an index even if many papers match.
CREATE FUNCTION pith_graph_paper_words(title text, authors text[], abstract text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 2000
RETURN setweight(to_tsvector('simple', pith_graph_words(coalesce(title, ''))), 'A')
  || setweight(to_tsvector('simple', pith_graph_words(array_to_string(authors, ' '))), 'B')
  || to_tsvector('simple', pith_graph_words(coalesce(abstract, '')));
--> statement-breakpoint
CREATE TYPE "public"."check_result" AS ENUM('PASSED', 'FAILED', 'NOT_CHECKABLE');--> statement-breakpoint
CREATE TYPE "public"."event_status" AS ENUM('current', 'superseded', 'not_applied', 'invalid');--> statement-breakpoint
CREATE TYPE "public"."identifier_kind" AS ENUM('arxiv', 'doi', 'work_id');--> statement-breakpoint
CREATE TYPE "public"."proof" AS ENUM('hash', 'receipt', 'signed');--> statement-breakpoint
CREATE TYPE "public"."quarantine_kind" AS ENUM('document', 'event');--> statement-breakpoint
CREATE TYPE "public"."submission_status" AS ENUM('queued', 'merged', 'rejected', 'failed');--> statement-breakpoint
-- Tables with autovacuum_analyze_scale_factor = 1 grow in a bulk ingest. By default PostgreSQL would analyse a table again
-- after each tenth that is added: the words of 30,000 papers and claims every minute. The planner estimates the number of
-- rows from the table's size, and the distribution of values hardly changes when they double.
CREATE TABLE "changes" (
	"position" bigint PRIMARY KEY NOT NULL,
	"paper_id" bigint NOT NULL,
	"pith_number" text NOT NULL,
	"state_sha256" "bytea" NOT NULL,
	"checksum" "bytea" NOT NULL,
	"changed_at" timestamp (6) with time zone NOT NULL
) WITH (autovacuum_analyze_scale_factor = 1);
--> statement-breakpoint
CREATE TABLE "citations" (
	"citing_work_id" bigint NOT NULL,
	"cited_work_id" bigint NOT NULL,
	"is_internal_anchor" boolean NOT NULL,
	CONSTRAINT "citations_citing_work_id_cited_work_id_pk" PRIMARY KEY("citing_work_id","cited_work_id")
) WITH (autovacuum_analyze_scale_factor = 1);
--> statement-breakpoint
CREATE TABLE "citations_by_cited" (
	"cited_work_id" bigint NOT NULL,
	"citing_work_id" bigint NOT NULL,
	"is_internal_anchor" boolean NOT NULL,
	CONSTRAINT "citations_by_cited_cited_work_id_citing_work_id_pk" PRIMARY KEY("cited_work_id","citing_work_id")
) WITH (autovacuum_analyze_scale_factor = 1);
--> statement-breakpoint
CREATE TABLE "citing_papers" (
	"cited_work_id" bigint NOT NULL,
	"submitted_at" timestamp (6) with time zone NOT NULL,
	"paper_id" bigint NOT NULL,
	CONSTRAINT "citing_papers_cited_work_id_submitted_at_paper_id_pk" PRIMARY KEY("cited_work_id","submitted_at","paper_id")
) WITH (autovacuum_analyze_scale_factor = 1);
--> statement-breakpoint
CREATE TABLE "claims" (
	"paper_id" bigint NOT NULL,
	"ordinal" integer NOT NULL,
	"claim_id" text NOT NULL,
	"kind" text NOT NULL,
	"text" text NOT NULL,
	"status" text NOT NULL,
	"attestation" text NOT NULL,
	"source" text,
	CONSTRAINT "claims_paper_id_ordinal_pk" PRIMARY KEY("paper_id","ordinal")
) WITH (autovacuum_analyze_scale_factor = 1);
--> statement-breakpoint
CREATE TABLE "events" (
	"paper_id" bigint NOT NULL,
	"event_id" "bytea" NOT NULL,
	"position" bigint NOT NULL,
	"body" text NOT NULL,
	"signature" text,
	"proof" "proof" NOT NULL,
	"fault" text,
	"received_at" timestamp (6) with time zone NOT NULL,
	"type" text NOT NULL,
	"created_at" timestamp (6) with time zone NOT NULL,
	"fingerprint" text NOT NULL,
	"standing" "proof" NOT NULL,
	"status" "event_status" NOT NULL,
	"reason" text,
	"depth" integer NOT NULL,
	CONSTRAINT "events_paper_id_event_id_pk" PRIMARY KEY("paper_id","event_id")
) WITH (autovacuum_analyze_scale_factor = 1);
--> statement-breakpoint
CREATE TABLE "followed_mirrors" (
	"base_url" text PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL,
	"checksum" "bytea",
	"synced_at" timestamp (6) with time zone NOT NULL,
	"trust" "bytea" NOT NULL,
	"has_untrusted" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "graph_changes" (
	"position" bigint PRIMARY KEY NOT NULL,
	"transaction_end" bigint NOT NULL,
	"payload" "bytea",
	"bytes_until" bigint NOT NULL,
	"changed_at" timestamp (6) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outstanding_papers" (
	"base_url" text NOT NULL,
	"paper" text NOT NULL,
	"code" text NOT NULL,
	"message" text NOT NULL,
	"minimum_proof" "proof" NOT NULL,
	"attempts" integer NOT NULL,
	"answers" integer NOT NULL,
	"failed_since" timestamp (6) with time zone NOT NULL,
	"next_attempt_at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "outstanding_papers_base_url_paper_pk" PRIMARY KEY("base_url","paper")
);
--> statement-breakpoint
CREATE TABLE "paper_keys" (
	"key" text NOT NULL,
	"paper_id" bigint NOT NULL,
	CONSTRAINT "paper_keys_key_paper_id_pk" PRIMARY KEY("key","paper_id")
) WITH (autovacuum_analyze_scale_factor = 1);
--> statement-breakpoint
CREATE TABLE "papers" (
	"paper_id" bigint PRIMARY KEY NOT NULL,
	"pith_number" text NOT NULL,
	"canonical_sha256" "bytea" NOT NULL,
	"work_id" bigint NOT NULL,
	"source_kind" text NOT NULL,
	"source_id" text NOT NULL,
	"source_version" integer,
	"submitted_at" timestamp (6) with time zone NOT NULL,
	"license" text,
	"primary_category" text,
	"cross_categories" text[] NOT NULL,
	"title" text,
	"authors" text[] NOT NULL,
	"abstract_excerpt" text,
	"headline" text,
	"verdict" text,
	"record_event_id" "bytea",
	"snapshot_event_id" "bytea",
	"record_standing" "proof" NOT NULL,
	"proof" "proof" NOT NULL,
	"claim_count" integer NOT NULL,
	"references_asserted" integer,
	"resolved_works_asserted" integer,
	"internal_anchors_asserted" integer,
	"references_known" integer NOT NULL,
	"internal_anchors_known" integer NOT NULL,
	"state_sha256" "bytea" NOT NULL,
	"event_count" integer NOT NULL,
	"valid_event_count" integer NOT NULL,
	"equivocation_count" integer NOT NULL,
	"record_hash" "check_result" NOT NULL,
	"receipt" "check_result" NOT NULL,
	"title_binding" "check_result" NOT NULL,
	"claims_hash" "check_result" NOT NULL,
	"references_hash" "check_result" NOT NULL,
	"published_state_hash" "check_result" NOT NULL
) WITH (autovacuum_analyze_scale_factor = 1);
--> statement-breakpoint
CREATE TABLE "published_states" (
	"paper_id" bigint NOT NULL,
	"state_sha256" "bytea" NOT NULL,
	"result" "check_result" NOT NULL,
	CONSTRAINT "published_states_paper_id_state_sha256_pk" PRIMARY KEY("paper_id","state_sha256")
);
--> statement-breakpoint
CREATE TABLE "quarantine" (
	"content_sha256" "bytea" PRIMARY KEY NOT NULL,
	"kind" "quarantine_kind" NOT NULL,
	"code" text NOT NULL,
	"message" text NOT NULL,
	"source" text NOT NULL,
	"pith_number" text,
	"minimum_proof" "proof",
	"size" integer NOT NULL,
	"content" "bytea",
	"received_at" timestamp (6) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "records" (
	"paper_id" bigint PRIMARY KEY NOT NULL,
	"pith_number" text NOT NULL,
	"record" text,
	"state_sha256" "bytea" NOT NULL,
	"log_checksum" "bytea" NOT NULL,
	"aliases" text DEFAULT '[]' NOT NULL
) WITH (autovacuum_analyze_scale_factor = 1);
--> statement-breakpoint
CREATE TABLE "references" (
	"paper_id" bigint NOT NULL,
	"ordinal" integer NOT NULL,
	"ref_index" integer NOT NULL,
	"title" text,
	"year" integer,
	"doi" text,
	"cited_arxiv_id" text,
	"is_internal_anchor" boolean NOT NULL,
	"arxiv_id" bigint,
	"doi_id" bigint,
	"work_uuid_id" bigint,
	"cited_work_id" bigint NOT NULL,
	CONSTRAINT "references_paper_id_ordinal_pk" PRIMARY KEY("paper_id","ordinal")
) WITH (autovacuum_analyze_scale_factor = 1);
--> statement-breakpoint
CREATE TABLE "settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signers" (
	"fingerprint" text PRIMARY KEY NOT NULL,
	"key_id" text NOT NULL,
	"signer_id" text NOT NULL,
	"signer_type" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "submissions" (
	"submission_id" uuid PRIMARY KEY NOT NULL,
	"status" "submission_status" NOT NULL,
	"token" text NOT NULL,
	"minimum_proof" "proof" NOT NULL,
	"document" "bytea",
	"size" integer NOT NULL,
	"pith_number" text,
	"error_code" text,
	"error_message" text,
	"attempts" integer NOT NULL,
	"not_before" timestamp (6) with time zone NOT NULL,
	"received_at" timestamp (6) with time zone NOT NULL,
	"finished_at" timestamp (6) with time zone
);
--> statement-breakpoint
CREATE TABLE "totals" (
	"name" text PRIMARY KEY NOT NULL,
	"value" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "work_identifiers" (
	"identifier_id" bigint PRIMARY KEY NOT NULL,
	"kind" "identifier_kind" NOT NULL,
	"value" text NOT NULL,
	"target_id" bigint,
	"target_kind" "identifier_kind",
	"target_standing" "proof",
	"work_id" bigint NOT NULL,
	"voices" text
) WITH (autovacuum_analyze_scale_factor = 1);
--> statement-breakpoint
CREATE TABLE "works" (
	"work_id" bigint PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"paper_id" bigint,
	"title" text,
	"year" integer,
	"stated_year" integer,
	"title_standing" "proof",
	"title_paper_id" bigint,
	"title_ordinal" integer,
	"cited_by_count" integer NOT NULL,
	"citing_paper_count" integer NOT NULL,
	"reference_count" integer NOT NULL,
	"anchored_work_count" integer DEFAULT 0 NOT NULL
) WITH (autovacuum_analyze_scale_factor = 1);
--> statement-breakpoint
CREATE INDEX "citations_cited_work_id" ON "citations" USING btree ("cited_work_id","citing_work_id");--> statement-breakpoint
CREATE INDEX "claims_other_kind" ON "claims" USING btree ("paper_id","ordinal") WHERE kind NOT IN ('strongest_claim', 'weakest_assumption', 'one_line_summary', 'headline');--> statement-breakpoint
CREATE INDEX "claims_words" ON "claims" USING gin (to_tsvector('simple', pith_graph_words("text")));--> statement-breakpoint
CREATE INDEX "events_event_id" ON "events" USING btree ("event_id");--> statement-breakpoint
CREATE INDEX "events_position" ON "events" USING btree ("position");--> statement-breakpoint
CREATE INDEX "events_rare_type" ON "events" USING btree ("type","position") WHERE type NOT IN ('record_created', 'graph_snapshot');--> statement-breakpoint
CREATE INDEX "events_not_current" ON "events" USING btree ("status","position") WHERE status <> 'current';--> statement-breakpoint
CREATE INDEX "events_fingerprint" ON "events" USING btree ("fingerprint","position");--> statement-breakpoint
CREATE INDEX "events_received_at" ON "events" USING btree ("received_at","position");--> statement-breakpoint
CREATE INDEX "paper_keys_paper_id" ON "paper_keys" USING btree ("paper_id");--> statement-breakpoint
CREATE INDEX "papers_submitted_at" ON "papers" USING btree ("submitted_at","paper_id");--> statement-breakpoint
CREATE INDEX "papers_work_id" ON "papers" USING btree ("work_id","paper_id");--> statement-breakpoint
CREATE INDEX "papers_proof" ON "papers" USING btree ("proof","submitted_at","paper_id");--> statement-breakpoint
CREATE INDEX "papers_equivocations" ON "papers" USING btree ("submitted_at","paper_id") WHERE equivocation_count > 0;--> statement-breakpoint
CREATE INDEX "papers_categories" ON "papers" USING gin (array_prepend("primary_category", "cross_categories"));--> statement-breakpoint
CREATE INDEX "papers_words" ON "papers" USING gin (pith_graph_paper_words("title", "authors", "abstract_excerpt"));--> statement-breakpoint
CREATE INDEX "quarantine_received_at" ON "quarantine" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "quarantine_pith_number" ON "quarantine" USING btree ("pith_number");--> statement-breakpoint
CREATE INDEX "references_doi_id" ON "references" USING btree ("doi_id") WHERE doi_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX "references_work_uuid_id" ON "references" USING btree ("work_uuid_id") WHERE work_uuid_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX "submissions_queue" ON "submissions" USING btree ("status","not_before","received_at");--> statement-breakpoint
CREATE INDEX "work_identifiers_work_id" ON "work_identifiers" USING btree ("work_id");--> statement-breakpoint
CREATE INDEX "work_identifiers_target_id" ON "work_identifiers" USING btree ("target_id");--> statement-breakpoint
CREATE INDEX "works_cited_by_count" ON "works" USING btree ("cited_by_count","work_id");--> statement-breakpoint
CREATE INDEX "works_never_anchors" ON "works" USING btree ("cited_by_count","work_id") WHERE anchored_work_count = 0 AND paper_id IS NOT NULL;--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
    CREATE INDEX papers_names ON papers USING gin (pith_graph_names(title, authors) gin_trgm_ops);
  END IF;
END
$$;
--> statement-breakpoint
-- The public interface for analysts (docs/sql.md): names and meanings here do not change. A migration that changes a
-- column of public that a view reads drops the view and creates it again.
CREATE SCHEMA analytics;--> statement-breakpoint
COMMENT ON SCHEMA analytics IS 'Documented views of the papers, claims, references and citations held here, for reading with SQL. Their names and meanings are stable.';--> statement-breakpoint
CREATE VIEW analytics."papers" AS
SELECT p.pith_number AS pith_number,
  encode(p.canonical_sha256, 'hex') AS canonical_sha256,
  w.key AS work,
  p.source_kind AS source_kind,
  p.source_id AS source_id,
  p.source_version AS source_version,
  p.submitted_at AS submitted_at,
  extract(year FROM p.submitted_at AT TIME ZONE 'UTC')::int AS submitted_year,
  p.license AS license,
  p.primary_category AS primary_category,
  p.cross_categories AS cross_categories,
  p.title AS title,
  p.authors AS authors,
  p.abstract_excerpt AS abstract_excerpt,
  p.headline AS headline,
  p.verdict AS verdict,
  ARRAY(SELECT substr(k.key, 5) FROM public.paper_keys AS k
         WHERE k.paper_id = p.paper_id AND k.key LIKE 'doi:%' ORDER BY k.key COLLATE "C") AS dois,
  p.claim_count AS claim_count,
  p.references_asserted AS references_asserted,
  p.references_known AS references_known,
  p.internal_anchors_asserted AS internal_anchors_asserted,
  p.internal_anchors_known AS internal_anchors_known,
  w.cited_by_count AS cited_by_count,
  p.proof::text AS proof,
  encode(p.state_sha256, 'hex') AS state_sha256
FROM public.papers AS p JOIN public.works AS w ON w.work_id = p.work_id;--> statement-breakpoint
COMMENT ON VIEW analytics."papers" IS 'The papers held, one row each: one version of a paper under its Pith number.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".pith_number IS 'The paper: pith:<year>:<26 characters>. Unique.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".canonical_sha256 IS 'SHA-256 of the canonical record, 64 hex digits; the Pith number is made of it.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".work IS 'The work that it is a version of: analytics.works.work.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".source_kind IS 'Where the record comes from, as it says: arxiv, …';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".source_id IS 'Its id there, without version.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".source_version IS 'Its version there; null where the record names none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".submitted_at IS 'When it was submitted, as the record says.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".submitted_year IS 'The year of submitted_at, in UTC.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".license IS 'The licence that the record names; null where it names none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".primary_category IS 'The primary category: cs.LG; null where none is known.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".cross_categories IS 'The other categories.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".title IS 'The title of the current snapshot as text: on one line, TeX as Unicode; null where it gives none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".authors IS 'The authors in their order, one name each: Michael Färber.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".abstract_excerpt IS 'The beginning of the abstract as text, like title; null where the snapshot has none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".headline IS 'The snapshot''s headline; null where it has none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".verdict IS 'The snapshot''s verdict as canonical JSON text; null where it has none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".dois IS 'The DOIs that find it, in lower case.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".claim_count IS 'Its claims: rows of analytics.claims.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".references_asserted IS 'References that the snapshot counts; null where it does not say.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".references_known IS 'References that are listed here: rows of analytics.references.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".internal_anchors_asserted IS 'Internal anchors that the snapshot counts; null where it does not say.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".internal_anchors_known IS 'Listed references that are marked as internal anchors: rows of analytics.anchors.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".cited_by_count IS 'How many works cite its work.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".proof IS 'How far what is shown is proved to be its signer''s word: hash, receipt or signed.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".state_sha256 IS 'SHA-256 of the merged state, 64 hex digits: equal on every mirror that holds the same events.';--> statement-breakpoint
CREATE VIEW analytics."claims" AS
SELECT p.pith_number AS pith_number,
  c.ordinal AS ordinal,
  c.claim_id AS claim_id,
  c.kind AS kind,
  c.text AS text,
  c.status AS status,
  c.attestation AS attestation,
  c.source AS source,
  p.proof::text AS proof,
  'sha256:' || encode(p.snapshot_event_id, 'hex') AS event_id,
  s.signer_id AS signer_id,
  s.key_id AS signer_key_id,
  e.fingerprint AS signer_fingerprint
FROM public.claims AS c JOIN public.papers AS p ON p.paper_id = c.paper_id
  LEFT JOIN public.events AS e ON e.paper_id = p.paper_id AND e.event_id = p.snapshot_event_id
  LEFT JOIN public.signers AS s ON s.fingerprint = e.fingerprint;--> statement-breakpoint
COMMENT ON VIEW analytics."claims" IS 'The claims of the papers'' current snapshots.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".pith_number IS 'The paper that claims it.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".ordinal IS 'Its place among the paper''s claims, from 0.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".claim_id IS 'Its id within the paper, as the snapshot gives it.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".kind IS 'strongest_claim, weakest_assumption, one_line_summary, headline, or as the snapshot spells it.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".text IS 'The claim.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".status IS 'The snapshot''s word on it: machine_extracted, …';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".attestation IS 'Whether its author stands by it, as the snapshot says: unclaimed, …';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".source IS 'Where in the registry''s data it was taken from; null where the snapshot does not say.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".proof IS 'How far the snapshot is proved to be its signer''s word: hash, receipt or signed.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".event_id IS 'The event that brought it, the current snapshot of the paper: sha256:<64 hex digits>.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".signer_id IS 'Who signed that event, as the event names the signer. Proved only where proof is signed.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".signer_key_id IS 'The id of the signer''s key.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".signer_fingerprint IS 'The fingerprint of the signer''s key, 32 hex digits.';--> statement-breakpoint
CREATE VIEW analytics."references" AS
SELECT p.pith_number AS pith_number,
  r.ordinal AS ordinal,
  r.ref_index AS ref_index,
  r.title AS title,
  r.year AS year,
  r.doi AS doi,
  r.cited_arxiv_id AS arxiv_id,
  r.is_internal_anchor AS is_internal_anchor,
  w.key AS cited_work,
  held.pith_number AS cited_pith_number
FROM public."references" AS r JOIN public.papers AS p ON p.paper_id = r.paper_id
  JOIN public.works AS w ON w.work_id = r.cited_work_id
  LEFT JOIN public.papers AS held ON held.paper_id = w.paper_id;--> statement-breakpoint
COMMENT ON VIEW analytics."references" IS 'The references that the papers'' current snapshots list. A registry may list fewer than it counts: analytics.reference_coverage.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".pith_number IS 'The paper that cites.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".ordinal IS 'Its place in the list here, from 0.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".ref_index IS 'Its number in the paper, as the snapshot gives it.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".title IS 'The title as cited, as text like papers.title; null where none is given.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".year IS 'The year as cited, from 1000 to 2100; null where none is given.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".doi IS 'The DOI as written; null where none is given.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".arxiv_id IS 'The arXiv id as written; null where none is given.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".is_internal_anchor IS 'Whether the registry says that it resolved the reference to a paper of its own.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".cited_work IS 'The work that is cited: analytics.works.work.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".cited_pith_number IS 'The paper held of that work; null where none is.';--> statement-breakpoint
CREATE VIEW analytics."anchors" AS
SELECT p.pith_number AS pith_number,
  r.ordinal AS ordinal,
  own.key AS work,
  p.primary_category AS primary_category,
  extract(year FROM p.submitted_at AT TIME ZONE 'UTC')::int AS submitted_year,
  w.key AS anchor_work,
  held.pith_number AS anchor_pith_number,
  held.primary_category AS anchor_primary_category,
  extract(year FROM held.submitted_at AT TIME ZONE 'UTC')::int AS anchor_submitted_year
FROM public."references" AS r JOIN public.papers AS p ON p.paper_id = r.paper_id
  JOIN public.works AS own ON own.work_id = p.work_id
  JOIN public.works AS w ON w.work_id = r.cited_work_id
  LEFT JOIN public.papers AS held ON held.paper_id = w.paper_id
WHERE r.is_internal_anchor;--> statement-breakpoint
COMMENT ON VIEW analytics."anchors" IS 'The listed references that are marked as internal anchors, with the fields and years of both ends.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".pith_number IS 'The paper that is anchored.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".ordinal IS 'The reference: analytics.references.ordinal of the same paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".work IS 'The work of that paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".primary_category IS 'The primary category of that paper; null where none is known.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".submitted_year IS 'The year in which that paper was submitted, in UTC.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".anchor_work IS 'The work that it is anchored in.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".anchor_pith_number IS 'The paper held of that work; null where this mirror holds none: the anchor is known, but not held.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".anchor_primary_category IS 'The primary category of that paper; null where none is known or held.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".anchor_submitted_year IS 'The year in which that paper was submitted; null where none is held.';--> statement-breakpoint
CREATE VIEW analytics."works" AS
SELECT w.key AS work,
  split_part(w.key, ':', 1) AS kind,
  w.title AS title,
  w.year AS year,
  p.pith_number AS pith_number,
  w.cited_by_count AS cited_by_count,
  w.citing_paper_count AS citing_paper_count,
  w.reference_count AS reference_count
FROM public.works AS w LEFT JOIN public.papers AS p ON p.paper_id = w.paper_id;--> statement-breakpoint
COMMENT ON VIEW analytics."works" IS 'The works: what citations are between. Also those of which no paper is held.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".work IS 'What it is known by: arxiv:<id>, doi:<doi>, work_id:<uuid>, pith:<number> or reference:<number>#<ordinal>. Unique.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".kind IS 'The part of work before the colon.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".title IS 'Its title: the paper''s own where one is held, else as the best proved reference has it; null where nobody told.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".year IS 'The year of the paper held, else of its arXiv id, else as a reference states it; null where none is known.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".pith_number IS 'The paper held of it: of several versions the best proved, then the latest; null where none is held.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".cited_by_count IS 'How many works cite it: rows of analytics.citations.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".citing_paper_count IS 'How many papers held cite it.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".reference_count IS 'How many works it cites: rows of analytics.citations.';--> statement-breakpoint
CREATE VIEW analytics."citations" AS
SELECT a.key AS citing_work,
  b.key AS cited_work,
  c.is_internal_anchor AS is_internal_anchor
FROM public.citations AS c JOIN public.works AS a ON a.work_id = c.citing_work_id
  JOIN public.works AS b ON b.work_id = c.cited_work_id;--> statement-breakpoint
COMMENT ON VIEW analytics."citations" IS 'The edges of the citation graph, each once, from all versions of the citing work that are held.';--> statement-breakpoint
COMMENT ON COLUMN analytics."citations".citing_work IS 'The work that cites.';--> statement-breakpoint
COMMENT ON COLUMN analytics."citations".cited_work IS 'The work that is cited. A work may cite itself.';--> statement-breakpoint
COMMENT ON COLUMN analytics."citations".is_internal_anchor IS 'Whether any of the references behind it is marked as an internal anchor.';--> statement-breakpoint
CREATE VIEW analytics."reference_coverage" AS
SELECT p.pith_number AS pith_number,
  p.references_asserted AS references_asserted,
  p.references_known AS references_known,
  p.internal_anchors_asserted AS internal_anchors_asserted,
  p.internal_anchors_known AS internal_anchors_known,
  (SELECT count(*) FROM public."references" AS r JOIN public.works AS w ON w.work_id = r.cited_work_id
     WHERE r.paper_id = p.paper_id AND r.is_internal_anchor AND w.paper_id IS NOT NULL)::int AS internal_anchors_held,
  p.references_asserted IS NOT NULL AND p.references_known >= p.references_asserted AS is_complete
FROM public.papers AS p;--> statement-breakpoint
COMMENT ON VIEW analytics."reference_coverage" IS 'How much of each paper''s references and internal anchors is asserted, known here, and held here.';--> statement-breakpoint
COMMENT ON COLUMN analytics."reference_coverage".pith_number IS 'The paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."reference_coverage".references_asserted IS 'References that the snapshot counts; null where it does not say.';--> statement-breakpoint
COMMENT ON COLUMN analytics."reference_coverage".references_known IS 'References that are listed here.';--> statement-breakpoint
COMMENT ON COLUMN analytics."reference_coverage".internal_anchors_asserted IS 'Internal anchors that the snapshot counts; null where it does not say.';--> statement-breakpoint
COMMENT ON COLUMN analytics."reference_coverage".internal_anchors_known IS 'Listed references that are marked as internal anchors.';--> statement-breakpoint
COMMENT ON COLUMN analytics."reference_coverage".internal_anchors_held IS 'Of those, how many cite a work of which a paper is held.';--> statement-breakpoint
COMMENT ON COLUMN analytics."reference_coverage".is_complete IS 'Whether as many references are listed as the snapshot counts.';--> statement-breakpoint
CREATE VIEW analytics."verification" AS
SELECT p.pith_number AS pith_number,
  p.proof::text AS proof,
  p.record_hash::text AS record_hash,
  p.receipt::text AS receipt,
  p.title_binding::text AS title_binding,
  p.claims_hash::text AS claims_hash,
  p.references_hash::text AS references_hash,
  p.published_state_hash::text AS published_state_hash,
  p.event_count AS event_count,
  p.valid_event_count AS valid_event_count,
  p.equivocation_count AS equivocation_count
FROM public.papers AS p;--> statement-breakpoint
COMMENT ON VIEW analytics."verification" IS 'What this mirror checked of each paper by itself: PASSED, FAILED or NOT_CHECKABLE.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".pith_number IS 'The paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".proof IS 'How far what is shown is proved to be its signer''s word: hash, receipt or signed.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".record_hash IS 'Whether the canonical record has the hash that the Pith number is made of.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".receipt IS 'Whether the registry''s receipt over the record verifies.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".title_binding IS 'Whether the title shown has the hash that the record fixes.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".claims_hash IS 'Whether the claims shown have the hash that the snapshot gives.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".references_hash IS 'Whether the references shown have the hash that the snapshot gives; NOT_CHECKABLE of a sample.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".published_state_hash IS 'Whether the states that others published have the hash that they give.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".event_count IS 'Events held of the paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".valid_event_count IS 'Of these, the valid ones.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".equivocation_count IS 'Contradictions of signers with themselves: forks that are shown.';--> statement-breakpoint
CREATE VIEW analytics."never_anchored" AS
SELECT p.pith_number AS pith_number,
  w.key AS work,
  extract(year FROM p.submitted_at AT TIME ZONE 'UTC')::int AS submitted_year,
  p.primary_category AS primary_category,
  p.title AS title,
  w.cited_by_count AS cited_by_count
FROM public.papers AS p JOIN public.works AS w ON w.work_id = p.work_id
WHERE NOT EXISTS (SELECT FROM public.citations AS c
  WHERE c.cited_work_id = p.work_id AND c.citing_work_id <> p.work_id AND c.is_internal_anchor);--> statement-breakpoint
COMMENT ON VIEW analytics."never_anchored" IS 'The papers held that no other work is anchored in: no citation by another work that is an internal anchor.';--> statement-breakpoint
COMMENT ON COLUMN analytics."never_anchored".pith_number IS 'The paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."never_anchored".work IS 'Its work.';--> statement-breakpoint
COMMENT ON COLUMN analytics."never_anchored".submitted_year IS 'The year in which it was submitted, in UTC.';--> statement-breakpoint
COMMENT ON COLUMN analytics."never_anchored".primary_category IS 'Its primary category; null where none is known.';--> statement-breakpoint
COMMENT ON COLUMN analytics."never_anchored".title IS 'Its title; null where none is known.';--> statement-breakpoint
COMMENT ON COLUMN analytics."never_anchored".cited_by_count IS 'How many works cite its work all the same.';--> statement-breakpoint
CREATE TABLE analytics."refreshed" (
	"version" text PRIMARY KEY NOT NULL,
	"change_position" bigint NOT NULL,
	"graph_position" bigint NOT NULL,
	"checksum" text NOT NULL,
	"refreshed_at" timestamp (6) with time zone NOT NULL
);--> statement-breakpoint
COMMENT ON TABLE analytics."refreshed" IS 'Which data the tables anchor_rates, field_anchors and anchor_works are of; no row before the first refresh.';--> statement-breakpoint
COMMENT ON COLUMN analytics."refreshed".version IS 'The set of tables that they were computed from: as exports name it.';--> statement-breakpoint
COMMENT ON COLUMN analytics."refreshed".change_position IS 'The position of the feed of changes at that set.';--> statement-breakpoint
COMMENT ON COLUMN analytics."refreshed".graph_position IS 'The version of the citation graph at that set: graphVersion in GraphQL.';--> statement-breakpoint
COMMENT ON COLUMN analytics."refreshed".checksum IS 'Stands for all states of that set, 64 hex digits: equal on mirrors that hold the same.';--> statement-breakpoint
COMMENT ON COLUMN analytics."refreshed".refreshed_at IS 'When they were computed.';--> statement-breakpoint
CREATE TABLE analytics."anchor_rates" (
	"submitted_year" integer NOT NULL,
	"primary_category" text NOT NULL,
	"papers" integer NOT NULL,
	"papers_asserting" integer NOT NULL,
	"references_asserted" bigint NOT NULL,
	"references_known" bigint NOT NULL,
	"internal_anchors_asserted" bigint NOT NULL,
	"internal_anchors_known" bigint NOT NULL,
	"internal_anchors_held" bigint NOT NULL,
	CONSTRAINT "anchor_rates_pk" PRIMARY KEY(submitted_year, primary_category)
);--> statement-breakpoint
COMMENT ON TABLE analytics."anchor_rates" IS 'References and internal anchors of the papers held, by year and primary category. Computed by `pith-graph refresh`.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".submitted_year IS 'The year in which the papers were submitted, in UTC.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".primary_category IS 'Their primary category; unknown where none is known.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".papers IS 'Papers held.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".papers_asserting IS 'Of these, how many come with a count of their internal anchors; the others add nothing to internal_anchors_asserted.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".references_asserted IS 'References that the snapshots count.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".references_known IS 'References that are listed here.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".internal_anchors_asserted IS 'Internal anchors that the snapshots count.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".internal_anchors_known IS 'Listed references that are marked as internal anchors.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".internal_anchors_held IS 'Of those, how many cite a work of which a paper is held.';--> statement-breakpoint
CREATE TABLE analytics."field_anchors" (
	"primary_category" text NOT NULL,
	"submitted_year" integer NOT NULL,
	"work" text NOT NULL,
	"papers" integer NOT NULL,
	CONSTRAINT "field_anchors_pk" PRIMARY KEY(primary_category, submitted_year, work)
);--> statement-breakpoint
COMMENT ON TABLE analytics."field_anchors" IS 'Which works anchor a field: by year and primary category of the papers that are anchored. Computed by `pith-graph refresh`.';--> statement-breakpoint
COMMENT ON COLUMN analytics."field_anchors".primary_category IS 'The primary category of the papers that are anchored; unknown where none is known.';--> statement-breakpoint
COMMENT ON COLUMN analytics."field_anchors".submitted_year IS 'The year in which they were submitted, in UTC.';--> statement-breakpoint
COMMENT ON COLUMN analytics."field_anchors".work IS 'The work that they are anchored in.';--> statement-breakpoint
COMMENT ON COLUMN analytics."field_anchors".papers IS 'How many papers of that field and year are anchored in it. Over several years or categories they may be added: a paper has one of each.';--> statement-breakpoint
CREATE TABLE analytics."anchor_works" (
	"work" text PRIMARY KEY NOT NULL,
	"anchored_works" integer NOT NULL,
	"anchors" integer NOT NULL,
	"rank" double precision NOT NULL,
	"chain_length" integer NOT NULL,
	"next_in_chain" text
);--> statement-breakpoint
COMMENT ON TABLE analytics."anchor_works" IS 'Works by their place in the graph of internal anchors: every work that is anchored or anchors others. Computed by `pith-graph refresh`.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_works".work IS 'The work.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_works".anchored_works IS 'How many works are anchored in it.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_works".anchors IS 'How many works it is anchored in.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_works".rank IS 'PageRank along internal anchors only, with a damping of 0.85; over all works held or cited it sums to 1.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_works".chain_length IS 'Steps of the longest chain of anchors that begins here and goes back in time: each next work of an earlier paper than the one before, or of none held.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_works".next_in_chain IS 'The next work of such a chain; null at its end.';--> statement-breakpoint
CREATE VIEW analytics."anchor_rates_by_year" AS
SELECT r.submitted_year AS submitted_year,
  sum(r.papers)::bigint AS papers,
  sum(r.papers_asserting)::bigint AS papers_asserting,
  sum(r.references_asserted)::bigint AS references_asserted,
  sum(r.references_known)::bigint AS references_known,
  sum(r.internal_anchors_asserted)::bigint AS internal_anchors_asserted,
  sum(r.internal_anchors_known)::bigint AS internal_anchors_known,
  sum(r.internal_anchors_held)::bigint AS internal_anchors_held,
  sum(r.internal_anchors_known) / nullif(sum(r.references_known), 0)::double precision AS anchor_rate
FROM analytics.anchor_rates AS r
GROUP BY r.submitted_year;--> statement-breakpoint
COMMENT ON VIEW analytics."anchor_rates_by_year" IS 'analytics.anchor_rates summed by year.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".submitted_year IS 'The year in which the papers were submitted, in UTC.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".papers IS 'Papers held.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".papers_asserting IS 'Of these, how many come with a count of their internal anchors; the others add nothing to internal_anchors_asserted.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".references_asserted IS 'References that the snapshots count.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".references_known IS 'References that are listed here.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".internal_anchors_asserted IS 'Internal anchors that the snapshots count.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".internal_anchors_known IS 'Listed references that are marked as internal anchors.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".internal_anchors_held IS 'Of those, how many cite a work of which a paper is held.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".anchor_rate IS 'internal_anchors_known of references_known, from 0 to 1; null where no reference is known.';--> statement-breakpoint
CREATE VIEW analytics."anchor_rates_by_category" AS
SELECT r.primary_category AS primary_category,
  sum(r.papers)::bigint AS papers,
  sum(r.papers_asserting)::bigint AS papers_asserting,
  sum(r.references_asserted)::bigint AS references_asserted,
  sum(r.references_known)::bigint AS references_known,
  sum(r.internal_anchors_asserted)::bigint AS internal_anchors_asserted,
  sum(r.internal_anchors_known)::bigint AS internal_anchors_known,
  sum(r.internal_anchors_held)::bigint AS internal_anchors_held,
  sum(r.internal_anchors_known) / nullif(sum(r.references_known), 0)::double precision AS anchor_rate
FROM analytics.anchor_rates AS r
GROUP BY r.primary_category;--> statement-breakpoint
COMMENT ON VIEW analytics."anchor_rates_by_category" IS 'analytics.anchor_rates summed by category.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".primary_category IS 'Their primary category; unknown where none is known.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".papers IS 'Papers held.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".papers_asserting IS 'Of these, how many come with a count of their internal anchors; the others add nothing to internal_anchors_asserted.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".references_asserted IS 'References that the snapshots count.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".references_known IS 'References that are listed here.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".internal_anchors_asserted IS 'Internal anchors that the snapshots count.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".internal_anchors_known IS 'Listed references that are marked as internal anchors.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".internal_anchors_held IS 'Of those, how many cite a work of which a paper is held.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".anchor_rate IS 'internal_anchors_known of references_known, from 0 to 1; null where no reference is known.';
