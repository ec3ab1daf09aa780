CREATE TABLE "citations_by_cited" (
	"cited_work_id" bigint NOT NULL,
	"citing_work_id" bigint NOT NULL,
	"is_internal_anchor" boolean NOT NULL,
	CONSTRAINT "citations_by_cited_cited_work_id_citing_work_id_pk" PRIMARY KEY("cited_work_id","citing_work_id")
) WITH (autovacuum_analyze_scale_factor = 1);