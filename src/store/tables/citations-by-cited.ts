import { bigint, boolean, pgTable, primaryKey } from "drizzle-orm/pg-core";

/**
 * Derived: `citations` once more, by who is cited, where the tables are distributed: who cites a work is then read from
 * one shard. On one server, where an index of `citations` does the same, it is empty (store/citus/kept-twice.ts).
 */
export const citationsByCited = pgTable(
  "citations_by_cited",
  {
    citedWorkId: bigint("cited_work_id", { mode: "bigint" }).notNull(),
    citingWorkId: bigint("citing_work_id", { mode: "bigint" }).notNull(),
    isInternalAnchor: boolean("is_internal_anchor").notNull(),
  },
  (table) => [primaryKey({ columns: [table.citedWorkId, table.citingWorkId] })],
);
