-- Writers of versions before 0010 read this column: 0010 took its name away, so that they failed. Now they may go on;
-- what they leave uncounted is counted by those that know of the count.
ALTER TABLE "graph_changes" RENAME COLUMN "total_payload_bytes" TO "bytes_until";--> statement-breakpoint
-- Up to here anchors are counted.
INSERT INTO "totals" ("name", "value") SELECT 'counted_graph_position', "value" FROM "totals" WHERE "name" = 'graph_position';
