CREATE INDEX "claims_other_kind" ON "claims" USING btree ("paper_id","ordinal") WHERE kind NOT IN ('strongest_claim', 'weakest_assumption', 'one_line_summary', 'headline');--> statement-breakpoint
CREATE INDEX "claims_words" ON "claims" USING gin (to_tsvector('simple', pith_graph_words("text")));--> statement-breakpoint
CREATE INDEX "events_rare_type" ON "events" USING btree ("type","position") WHERE type NOT IN ('record_created', 'graph_snapshot');--> statement-breakpoint
CREATE INDEX "events_not_current" ON "events" USING btree ("status","position") WHERE status <> 'current';--> statement-breakpoint
CREATE INDEX "events_fingerprint" ON "events" USING btree ("fingerprint","position");--> statement-breakpoint
CREATE INDEX "events_received_at" ON "events" USING btree ("received_at","position");--> statement-breakpoint
CREATE INDEX "papers_proof" ON "papers" USING btree ("proof","submitted_at","paper_id");--> statement-breakpoint
CREATE INDEX "papers_equivocations" ON "papers" USING btree ("submitted_at","paper_id") WHERE equivocation_count > 0;--> statement-breakpoint
CREATE INDEX "papers_categories" ON "papers" USING gin (array_prepend("primary_category", "cross_categories"));--> statement-breakpoint
CREATE INDEX "papers_words" ON "papers" USING gin (pith_graph_paper_words("title", "authors", "abstract_excerpt"));