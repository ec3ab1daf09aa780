-- Writers wait: one that is in the midst of a batch holds what is changed here.
SELECT pg_advisory_xact_lock(7484002);--> statement-breakpoint
DROP INDEX "citations_anchors";--> statement-breakpoint
ALTER TABLE "works" ADD COLUMN "anchored_work_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE "works" SET "anchored_work_count" = anchored.works
FROM (
  SELECT cited_work_id, count(*) AS works FROM "citations"
  WHERE is_internal_anchor AND citing_work_id <> cited_work_id GROUP BY cited_work_id
) AS anchored
WHERE anchored.cited_work_id = "works".work_id;--> statement-breakpoint
CREATE INDEX "works_never_anchors" ON "works" USING btree ("cited_by_count","work_id") WHERE anchored_work_count = 0 AND paper_id IS NOT NULL;--> statement-breakpoint
-- Writers of older versions do not keep the count. They read this column by its old name before they list what they
-- changed, and fail for it with all that they did; who only follows the list does not name it.
ALTER TABLE "graph_changes" RENAME COLUMN "bytes_until" TO "total_payload_bytes";
