CREATE TYPE "public"."check_result" AS ENUM('PASSED', 'FAILED', 'NOT_CHECKABLE');--> statement-breakpoint
CREATE TYPE "public"."event_status" AS ENUM('current', 'superseded', 'not_applied', 'invalid');--> statement-breakpoint
CREATE TYPE "public"."identifier_kind" AS ENUM('arxiv', 'doi', 'work_id');--> statement-breakpoint
CREATE TYPE "public"."proof" AS ENUM('hash', 'receipt', 'signed');--> statement-breakpoint
CREATE TYPE "public"."quarantine_kind" AS ENUM('document', 'event');--> statement-breakpoint
CREATE TYPE "public"."submission_status" AS ENUM('queued', 'merged', 'rejected', 'failed');--> statement-breakpoint
CREATE TABLE "aliases" (
	"paper_id" bigint NOT NULL,
	"alias_sha256" "bytea" NOT NULL,
	"let_in_at_hash" boolean NOT NULL,
	"alias" text NOT NULL,
	"is_current" boolean NOT NULL,
	CONSTRAINT "aliases_paper_id_alias_sha256_let_in_at_hash_pk" PRIMARY KEY("paper_id","alias_sha256","let_in_at_hash")
);
--> statement-breakpoint
CREATE TABLE "changes" (
	"position" bigint PRIMARY KEY NOT NULL,
	"paper_id" bigint NOT NULL,
	"pith_number" text NOT NULL,
	"state_sha256" "bytea" NOT NULL,
	"checksum" "bytea" NOT NULL,
	"changed_at" timestamp (6) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "citations" (
	"citing_work_id" bigint NOT NULL,
	"cited_work_id" bigint NOT NULL,
	"is_internal_anchor" boolean NOT NULL,
	CONSTRAINT "citations_citing_work_id_cited_work_id_pk" PRIMARY KEY("citing_work_id","cited_work_id")
);
--> statement-breakpoint
CREATE TABLE "citing_papers" (
	"cited_work_id" bigint NOT NULL,
	"submitted_at" timestamp (6) with time zone NOT NULL,
	"paper_id" bigint NOT NULL,
	CONSTRAINT "citing_papers_cited_work_id_submitted_at_paper_id_pk" PRIMARY KEY("cited_work_id","submitted_at","paper_id")
);
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
);
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
	"ordinal" integer NOT NULL,
	CONSTRAINT "events_paper_id_event_id_pk" PRIMARY KEY("paper_id","event_id")
);
--> statement-breakpoint
CREATE TABLE "followed_mirrors" (
	"base_url" text PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL,
	"checksum" "bytea",
	"synced_at" timestamp (6) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "paper_keys" (
	"key" text NOT NULL,
	"paper_id" bigint NOT NULL,
	CONSTRAINT "paper_keys_key_paper_id_pk" PRIMARY KEY("key","paper_id")
);
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
);
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
	"size" integer NOT NULL,
	"content" "bytea",
	"received_at" timestamp (6) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "records" (
	"paper_id" bigint PRIMARY KEY NOT NULL,
	"pith_number" text NOT NULL,
	"record" text,
	"state_sha256" "bytea" NOT NULL
);
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
);
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
	"work_id" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "works" (
	"work_id" bigint PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"paper_id" bigint,
	"title" text,
	"year" integer,
	"title_standing" "proof",
	"title_paper_id" bigint,
	"title_ordinal" integer,
	"cited_by_count" integer NOT NULL,
	"citing_paper_count" integer NOT NULL,
	"reference_count" integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX "citations_cited_work_id" ON "citations" USING btree ("cited_work_id","citing_work_id");--> statement-breakpoint
CREATE INDEX "events_event_id" ON "events" USING btree ("event_id");--> statement-breakpoint
CREATE INDEX "events_position" ON "events" USING btree ("position");--> statement-breakpoint
CREATE INDEX "paper_keys_paper_id" ON "paper_keys" USING btree ("paper_id");--> statement-breakpoint
CREATE INDEX "papers_submitted_at" ON "papers" USING btree ("submitted_at","paper_id");--> statement-breakpoint
CREATE INDEX "papers_work_id" ON "papers" USING btree ("work_id","paper_id");--> statement-breakpoint
CREATE INDEX "quarantine_received_at" ON "quarantine" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "references_cited_work_id" ON "references" USING btree ("cited_work_id","paper_id");--> statement-breakpoint
CREATE INDEX "references_doi_id" ON "references" USING btree ("doi_id") WHERE doi_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX "references_work_uuid_id" ON "references" USING btree ("work_uuid_id");--> statement-breakpoint
CREATE INDEX "submissions_queue" ON "submissions" USING btree ("status","not_before","received_at");--> statement-breakpoint
CREATE INDEX "work_identifiers_work_id" ON "work_identifiers" USING btree ("work_id");--> statement-breakpoint
CREATE INDEX "work_identifiers_target_id" ON "work_identifiers" USING btree ("target_id");--> statement-breakpoint
CREATE INDEX "works_cited_by_count" ON "works" USING btree ("cited_by_count","work_id");