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
-- Most texts are ASCII (as many bytes as characters): there all but letters and digits are separators, and a space need not
-- be replaced by another one. Indexing words is a large part of PostgreSQL's work in an import.
CREATE FUNCTION pith_graph_words(t text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN octet_length(t) = char_length(t)
  THEN regexp_replace(left(t, 20000) COLLATE "pg_c_utf8", '[^ a-zA-Z0-9]+', ' ', 'g')
  ELSE regexp_replace(
    translate(normalize(left(t, 20000), NFKC), U&'\200B\00AD\200C\200D\2060\FEFF', ' ') COLLATE "pg_c_utf8",
    '[[:punct:][:space:][:cntrl:]]+', ' ', 'g') END;
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
-- Not inlined, since it is strict, so that its cost counts: the planner would otherwise compute the words of thousands of
-- claims, in order, to find a page of those with a word. It has no parallel plans for a page either: starting a worker takes
-- longer.
CREATE FUNCTION pith_graph_claim_words(t text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL RESTRICTED COST 4000
RETURN to_tsvector('simple', pith_graph_words(t));
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
CREATE TABLE "citations_by_cited" (
	"cited_work_id" bigint NOT NULL,
	"submitted_at" timestamp (6) with time zone NOT NULL,
	"paper_id" bigint NOT NULL,
	"citing_work_id" bigint NOT NULL,
	CONSTRAINT "citations_by_cited_cited_work_id_submitted_at_paper_id_pk" PRIMARY KEY("cited_work_id","submitted_at","paper_id")
) WITH (autovacuum_analyze_scale_factor = 1);
--> statement-breakpoint
CREATE TABLE "citations_by_citing" (
	"citing_work_id" bigint NOT NULL,
	"cited_work_id" bigint NOT NULL,
	"is_internal_anchor" boolean NOT NULL,
	CONSTRAINT "citations_by_citing_citing_work_id_cited_work_id_pk" PRIMARY KEY("citing_work_id","cited_work_id")
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
	"cited_work_id" bigint NOT NULL,
	"submitted_at" timestamp (6) with time zone NOT NULL,
	"doi_id" bigint,
	"work_uuid_id" bigint,
	"ordinal" integer NOT NULL,
	"ref_index" integer NOT NULL,
	"year" integer,
	"is_internal_anchor" boolean NOT NULL,
	"has_arxiv_id" boolean NOT NULL,
	"title" text,
	"doi" text,
	"cited_arxiv_id" text,
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
CREATE INDEX "claims_other_kind" ON "claims" USING btree ("paper_id","ordinal") WHERE kind NOT IN ('strongest_claim', 'weakest_assumption', 'one_line_summary', 'headline');--> statement-breakpoint
CREATE INDEX "claims_words" ON "claims" USING gin (pith_graph_claim_words("text"));--> statement-breakpoint
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
CREATE INDEX "references_cited" ON "references" USING btree ("cited_work_id","submitted_at","paper_id");--> statement-breakpoint
CREATE INDEX "references_doi_id" ON "references" USING btree ("doi_id") WHERE doi_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX "references_work_uuid_id" ON "references" USING btree ("work_uuid_id") WHERE work_uuid_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX "submissions_queue" ON "submissions" USING btree ("status","not_before","received_at");--> statement-breakpoint
CREATE INDEX "work_identifiers_work_id" ON "work_identifiers" USING btree ("work_id");--> statement-breakpoint
CREATE INDEX "work_identifiers_target_id" ON "work_identifiers" USING btree ("target_id");--> statement-breakpoint
CREATE INDEX "works_cited_by_count" ON "works" USING btree ("cited_by_count","work_id");--> statement-breakpoint
CREATE INDEX "works_never_anchors" ON "works" USING btree ("cited_by_count","work_id") WHERE anchored_work_count = 0 AND paper_id IS NOT NULL;--> statement-breakpoint
CREATE VIEW "public"."citations" AS (SELECT p.work_id AS citing_work_id, r.cited_work_id, bool_or(r.is_internal_anchor) AS is_internal_anchor FROM "references" r JOIN papers p USING (paper_id) GROUP BY p.work_id, r.cited_work_id);--> statement-breakpoint
CREATE VIEW "public"."citing_papers" AS (SELECT cited_work_id, submitted_at, paper_id FROM "references");--> statement-breakpoint
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
COMMENT ON SCHEMA analytics IS 'Documented views of the stored papers, claims, references and citations, for SQL queries. Their names and meanings are stable.';--> statement-breakpoint
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
COMMENT ON VIEW analytics."papers" IS 'The stored papers, one row for each version of a paper, identified by its Pith number.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".pith_number IS 'The Pith number: pith:<year>:<26 characters>. Unique.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".canonical_sha256 IS 'The SHA-256 of the canonical record, 64 hex digits, which the Pith number encodes.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".work IS 'The work that this paper is a version of: analytics.works.work.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".source_kind IS 'The kind of the source that the record states, such as arxiv.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".source_id IS 'The id of the paper at the source, without version.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".source_version IS 'The version at the source; null if the record states none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".submitted_at IS 'The date of submission that the record states.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".submitted_year IS 'The year of submitted_at, in UTC.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".license IS 'The license that the record states; null if it states none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".primary_category IS 'The primary category, such as cs.LG; null if unknown.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".cross_categories IS 'The other categories, sorted.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".title IS 'The title of the current snapshot, normalized: on one line, TeX as Unicode; null if unknown.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".authors IS 'The names of the authors in the order of publication, such as Michael Färber.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".abstract_excerpt IS 'The beginning of the abstract, normalized like title; null if unknown.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".headline IS 'The headline of the current snapshot; null if it has none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".verdict IS 'The verdict of the current snapshot as canonical JSON; null if it has none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".dois IS 'The DOIs that identify the paper, in lower case.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".claim_count IS 'The number of claims: rows of analytics.claims.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".references_asserted IS 'The number of references that the snapshot states; null if it states none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".references_known IS 'The number of listed references: rows of analytics.references.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".internal_anchors_asserted IS 'The number of internal anchors that the snapshot states; null if it states none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".internal_anchors_known IS 'The number of listed references that are marked as internal anchors: rows of analytics.anchors.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".cited_by_count IS 'The number of works that cite the paper''s work.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".proof IS 'How the current snapshot is proved to come from its signer: hash, receipt or signed.';--> statement-breakpoint
COMMENT ON COLUMN analytics."papers".state_sha256 IS 'The SHA-256 of the merged state, 64 hex digits: equal on all mirrors that have the same events.';--> statement-breakpoint
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
COMMENT ON COLUMN analytics."claims".pith_number IS 'The paper that makes the claim.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".ordinal IS 'The position in the paper''s list of claims, starting at 0.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".claim_id IS 'The id of the claim within its paper, as the snapshot states it, such as C1.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".kind IS 'The role of the claim: strongest_claim, weakest_assumption, one_line_summary, headline, or another value of the snapshot.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".text IS 'The text of the claim.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".status IS 'How the claim was obtained, such as machine_extracted.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".attestation IS 'Whether an author has confirmed the claim, such as unclaimed.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".source IS 'The part of the snapshot that the claim was taken from; null if unknown.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".proof IS 'How the snapshot is proved to come from its signer: hash, receipt or signed.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".event_id IS 'The event of the paper''s current snapshot: sha256:<64 hex digits>.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".signer_id IS 'The signer that the event names. Proved only if proof is signed.';--> statement-breakpoint
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
COMMENT ON VIEW analytics."references" IS 'The references that the papers'' current snapshots list. A snapshot may list fewer references than it states: see analytics.reference_coverage.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".pith_number IS 'The citing paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".ordinal IS 'The position in the stored list, starting at 0.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".ref_index IS 'The number in the paper''s reference list, as the snapshot states it.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".title IS 'The cited title, normalized like papers.title; null if unknown.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".year IS 'The cited year, from 1000 to 2100; null if unknown.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".doi IS 'The cited DOI as written; null if there is none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".arxiv_id IS 'The cited arXiv id as written; null if there is none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".is_internal_anchor IS 'Whether the reference is an internal anchor: the signer asserts that it resolves to a paper in the registry.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".cited_work IS 'The cited work: analytics.works.work.';--> statement-breakpoint
COMMENT ON COLUMN analytics."references".cited_pith_number IS 'The stored paper of the cited work; null if none is stored.';--> statement-breakpoint
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
COMMENT ON VIEW analytics."anchors" IS 'The listed references that are marked as internal anchors, with the categories and years of both papers.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".pith_number IS 'The citing paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".ordinal IS 'The position of the reference: analytics.references.ordinal of the same paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".work IS 'The work of the citing paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".primary_category IS 'The primary category of the citing paper; null if unknown.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".submitted_year IS 'The year in which the citing paper was submitted, in UTC.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".anchor_work IS 'The cited work: the anchor.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".anchor_pith_number IS 'The stored paper of the anchor; null if none is stored.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".anchor_primary_category IS 'The primary category of the anchor''s paper; null if unknown, or if no paper is stored.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchors".anchor_submitted_year IS 'The year in which the anchor''s paper was submitted, in UTC; null if no paper is stored.';--> statement-breakpoint
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
COMMENT ON VIEW analytics."works" IS 'The works: the vertices of the citation graph, including those that are only cited.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".work IS 'The key of the work: arxiv:<id>, doi:<doi>, work_id:<uuid>, pith:<number> or reference:<number>#<ordinal>. Unique.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".kind IS 'The kind of the key: the part of work before the first colon.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".title IS 'The title of the stored paper, otherwise of the best proved reference; null if unknown.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".year IS 'The year of the stored paper, otherwise of the arXiv id, otherwise of a reference; null if unknown.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".pith_number IS 'The stored paper: of several versions the best proved, then the latest; null if none is stored.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".cited_by_count IS 'The number of works that cite this work: rows of analytics.citations.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".citing_paper_count IS 'The number of stored papers that cite this work.';--> statement-breakpoint
COMMENT ON COLUMN analytics."works".reference_count IS 'The number of works that this work cites: rows of analytics.citations.';--> statement-breakpoint
CREATE VIEW analytics."citations" AS
SELECT a.key AS citing_work,
  b.key AS cited_work,
  c.is_internal_anchor AS is_internal_anchor
FROM public.citations AS c JOIN public.works AS a ON a.work_id = c.citing_work_id
  JOIN public.works AS b ON b.work_id = c.cited_work_id;--> statement-breakpoint
COMMENT ON VIEW analytics."citations" IS 'The edges of the citation graph, each once, from all stored versions of the citing work.';--> statement-breakpoint
COMMENT ON COLUMN analytics."citations".citing_work IS 'The citing work.';--> statement-breakpoint
COMMENT ON COLUMN analytics."citations".cited_work IS 'The cited work. A work may cite itself.';--> statement-breakpoint
COMMENT ON COLUMN analytics."citations".is_internal_anchor IS 'Whether at least one reference of this citation is marked as an internal anchor.';--> statement-breakpoint
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
COMMENT ON VIEW analytics."reference_coverage" IS 'How many references and internal anchors of each paper are asserted, listed and stored.';--> statement-breakpoint
COMMENT ON COLUMN analytics."reference_coverage".pith_number IS 'The Pith number of the paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."reference_coverage".references_asserted IS 'The number of references that the snapshot states; null if it states none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."reference_coverage".references_known IS 'The number of listed references.';--> statement-breakpoint
COMMENT ON COLUMN analytics."reference_coverage".internal_anchors_asserted IS 'The number of internal anchors that the snapshot states; null if it states none.';--> statement-breakpoint
COMMENT ON COLUMN analytics."reference_coverage".internal_anchors_known IS 'The number of listed references that are marked as internal anchors.';--> statement-breakpoint
COMMENT ON COLUMN analytics."reference_coverage".internal_anchors_held IS 'The number of listed internal anchors whose cited work has a stored paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."reference_coverage".is_complete IS 'Whether at least as many references are listed as the snapshot states; false if it states no number.';--> statement-breakpoint
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
COMMENT ON VIEW analytics."verification" IS 'The checks that this mirror itself made of each paper: PASSED, FAILED or NOT_CHECKABLE.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".pith_number IS 'The Pith number of the paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".proof IS 'How the current snapshot is proved to come from its signer: hash, receipt or signed.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".record_hash IS 'Whether the Pith number is the hash of the canonical record.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".receipt IS 'Whether the signer''s Ed25519 receipt over that hash verifies.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".title_binding IS 'Whether the title has the hash that the record states.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".claims_hash IS 'Whether the claims have the hash that the snapshot states.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".references_hash IS 'Whether the references have the hash that the snapshot states; NOT_CHECKABLE if only part of the list is published.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".published_state_hash IS 'Whether merging the events of an ingested state document gives its published hash; NOT_CHECKABLE if none was ingested, or if it lacks events.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".event_count IS 'The number of stored events.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".valid_event_count IS 'The number of valid events.';--> statement-breakpoint
COMMENT ON COLUMN analytics."verification".equivocation_count IS 'The number of equivocations: places in the history that a signer filled twice.';--> statement-breakpoint
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
COMMENT ON VIEW analytics."never_anchored" IS 'The stored papers that are an anchor of no other work.';--> statement-breakpoint
COMMENT ON COLUMN analytics."never_anchored".pith_number IS 'The Pith number of the paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."never_anchored".work IS 'The work of the paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."never_anchored".submitted_year IS 'The year in which the paper was submitted, in UTC.';--> statement-breakpoint
COMMENT ON COLUMN analytics."never_anchored".primary_category IS 'The primary category; null if unknown.';--> statement-breakpoint
COMMENT ON COLUMN analytics."never_anchored".title IS 'The title; null if unknown.';--> statement-breakpoint
COMMENT ON COLUMN analytics."never_anchored".cited_by_count IS 'The number of works that cite the paper''s work, as an anchor or not.';--> statement-breakpoint
CREATE TABLE analytics."refreshed" (
	"version" text PRIMARY KEY NOT NULL,
	"change_position" bigint NOT NULL,
	"graph_position" bigint NOT NULL,
	"checksum" text NOT NULL,
	"refreshed_at" timestamp (6) with time zone NOT NULL
);--> statement-breakpoint
COMMENT ON TABLE analytics."refreshed" IS 'The version of the data that anchor_rates, field_anchors and anchor_works were computed from; no row before the first refresh.';--> statement-breakpoint
COMMENT ON COLUMN analytics."refreshed".version IS 'The version of the data, as exports name it.';--> statement-breakpoint
COMMENT ON COLUMN analytics."refreshed".change_position IS 'The last position in the feed of changes at this version.';--> statement-breakpoint
COMMENT ON COLUMN analytics."refreshed".graph_position IS 'The version of the citation graph at this version: graphVersion in GraphQL.';--> statement-breakpoint
COMMENT ON COLUMN analytics."refreshed".checksum IS 'A checksum of all states at this version, 64 hex digits: equal on mirrors that have the same events.';--> statement-breakpoint
COMMENT ON COLUMN analytics."refreshed".refreshed_at IS 'The time when the tables were computed.';--> statement-breakpoint
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
COMMENT ON TABLE analytics."anchor_rates" IS 'The references and internal anchors of the stored papers, by year and primary category. Computed by `pith-graph refresh`.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".submitted_year IS 'The year in which the papers were submitted, in UTC.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".primary_category IS 'The primary category of the papers; ''unknown'' if none is known.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".papers IS 'The number of stored papers.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".papers_asserting IS 'The number of stored papers whose snapshot states a number of internal anchors; the others add nothing to internal_anchors_asserted.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".references_asserted IS 'The number of references that the snapshots state.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".references_known IS 'The number of listed references.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".internal_anchors_asserted IS 'The number of internal anchors that the snapshots state.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".internal_anchors_known IS 'The number of listed references that are marked as internal anchors.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates".internal_anchors_held IS 'The number of listed internal anchors whose cited work has a stored paper.';--> statement-breakpoint
CREATE TABLE analytics."field_anchors" (
	"primary_category" text NOT NULL,
	"submitted_year" integer NOT NULL,
	"work" text NOT NULL,
	"papers" integer NOT NULL,
	CONSTRAINT "field_anchors_pk" PRIMARY KEY(primary_category, submitted_year, work)
);--> statement-breakpoint
COMMENT ON TABLE analytics."field_anchors" IS 'The anchors of each field: of the papers of one primary category and year. Computed by `pith-graph refresh`.';--> statement-breakpoint
COMMENT ON COLUMN analytics."field_anchors".primary_category IS 'The primary category of the citing papers; ''unknown'' if none is known.';--> statement-breakpoint
COMMENT ON COLUMN analytics."field_anchors".submitted_year IS 'The year in which the citing papers were submitted, in UTC.';--> statement-breakpoint
COMMENT ON COLUMN analytics."field_anchors".work IS 'The cited work: the anchor.';--> statement-breakpoint
COMMENT ON COLUMN analytics."field_anchors".papers IS 'The number of papers of the category and year that the work is an anchor of. Can be summed over years or categories, because a paper has one of each.';--> statement-breakpoint
CREATE TABLE analytics."anchor_works" (
	"work" text PRIMARY KEY NOT NULL,
	"anchored_works" integer NOT NULL,
	"anchors" integer NOT NULL,
	"rank" double precision NOT NULL,
	"chain_length" integer NOT NULL,
	"next_in_chain" text
);--> statement-breakpoint
COMMENT ON TABLE analytics."anchor_works" IS 'The works with internal anchors, or that are an anchor of other works, and their measures in the graph of internal anchors. Computed by `pith-graph refresh`.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_works".work IS 'The work: analytics.works.work.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_works".anchored_works IS 'The number of works that this work is an anchor of.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_works".anchors IS 'The number of anchors of this work.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_works".rank IS 'The PageRank along internal anchors only, with a damping factor of 0.85. The sum over all stored or cited works is 1.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_works".chain_length IS 'The number of internal anchors in the longest chain that starts at this work and goes back in time: the paper of each work is submitted before that of the previous work, or is not stored.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_works".next_in_chain IS 'The next work of this chain; null at its end.';--> statement-breakpoint
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
COMMENT ON VIEW analytics."anchor_rates_by_year" IS 'analytics.anchor_rates, summed by year.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".submitted_year IS 'The year in which the papers were submitted, in UTC.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".papers IS 'The number of stored papers.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".papers_asserting IS 'The number of stored papers whose snapshot states a number of internal anchors; the others add nothing to internal_anchors_asserted.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".references_asserted IS 'The number of references that the snapshots state.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".references_known IS 'The number of listed references.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".internal_anchors_asserted IS 'The number of internal anchors that the snapshots state.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".internal_anchors_known IS 'The number of listed references that are marked as internal anchors.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".internal_anchors_held IS 'The number of listed internal anchors whose cited work has a stored paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_year".anchor_rate IS 'internal_anchors_known divided by references_known, from 0 to 1; null if no reference is listed.';--> statement-breakpoint
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
COMMENT ON VIEW analytics."anchor_rates_by_category" IS 'analytics.anchor_rates, summed by category.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".primary_category IS 'The primary category of the papers; ''unknown'' if none is known.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".papers IS 'The number of stored papers.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".papers_asserting IS 'The number of stored papers whose snapshot states a number of internal anchors; the others add nothing to internal_anchors_asserted.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".references_asserted IS 'The number of references that the snapshots state.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".references_known IS 'The number of listed references.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".internal_anchors_asserted IS 'The number of internal anchors that the snapshots state.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".internal_anchors_known IS 'The number of listed references that are marked as internal anchors.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".internal_anchors_held IS 'The number of listed internal anchors whose cited work has a stored paper.';--> statement-breakpoint
COMMENT ON COLUMN analytics."anchor_rates_by_category".anchor_rate IS 'internal_anchors_known divided by references_known, from 0 to 1; null if no reference is listed.';
