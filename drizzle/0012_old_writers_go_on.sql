-- Writers of versions before 0010 read and write this column, which 0010 gave another name, so that they failed. Now they
-- may go on, and so may those that know the other name; what is left uncounted is counted by those that know of the count.
ALTER TABLE "graph_changes" ADD COLUMN "bytes_until" bigint;--> statement-breakpoint
UPDATE "graph_changes" SET "bytes_until" = "total_payload_bytes";--> statement-breakpoint
ALTER TABLE "graph_changes" ALTER COLUMN "total_payload_bytes" DROP NOT NULL;--> statement-breakpoint
-- Up to here anchors are counted.
INSERT INTO "totals" ("name", "value") SELECT 'counted_graph_position', "value" FROM "totals" WHERE "name" = 'graph_position';
