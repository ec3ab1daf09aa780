-- Papers of a mirror that could not be fetched yet. Its cursor has passed them; a sync comes back to them.
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
-- Null: last followed by a version that may have passed papers over.
ALTER TABLE "followed_mirrors" ADD COLUMN "trust" "bytea";--> statement-breakpoint
ALTER TABLE "followed_mirrors" ADD COLUMN "has_untrusted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
-- What a document in quarantine must prove: null for one that an older version put there.
ALTER TABLE "quarantine" ADD COLUMN "minimum_proof" "proof";--> statement-breakpoint
CREATE INDEX "quarantine_pith_number" ON "quarantine" USING btree ("pith_number");
