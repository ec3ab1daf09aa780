-- A bulk ingest lets all of these grow, and PostgreSQL would analyse each anew for every tenth that comes to it: the
-- words of 30,000 papers and claims every minute. How many rows there are the planner sees by the size of a table;
-- which values they hold is much the same when they are twice as many.
ALTER TABLE "events" SET (autovacuum_analyze_scale_factor = 1);--> statement-breakpoint
ALTER TABLE "records" SET (autovacuum_analyze_scale_factor = 1);--> statement-breakpoint
ALTER TABLE "papers" SET (autovacuum_analyze_scale_factor = 1);--> statement-breakpoint
ALTER TABLE "paper_keys" SET (autovacuum_analyze_scale_factor = 1);--> statement-breakpoint
ALTER TABLE "claims" SET (autovacuum_analyze_scale_factor = 1);--> statement-breakpoint
ALTER TABLE "references" SET (autovacuum_analyze_scale_factor = 1);--> statement-breakpoint
ALTER TABLE "works" SET (autovacuum_analyze_scale_factor = 1);--> statement-breakpoint
ALTER TABLE "work_identifiers" SET (autovacuum_analyze_scale_factor = 1);--> statement-breakpoint
ALTER TABLE "citations" SET (autovacuum_analyze_scale_factor = 1);--> statement-breakpoint
ALTER TABLE "citing_papers" SET (autovacuum_analyze_scale_factor = 1);--> statement-breakpoint
ALTER TABLE "changes" SET (autovacuum_analyze_scale_factor = 1);