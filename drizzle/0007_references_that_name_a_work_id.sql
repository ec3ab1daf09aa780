DROP INDEX "references_work_uuid_id";--> statement-breakpoint
CREATE INDEX "references_work_uuid_id" ON "references" USING btree ("work_uuid_id") WHERE work_uuid_id IS NOT NULL;