import { bigint, boolean, index, pgTable, primaryKey } from "drizzle-orm/pg-core";

/** Derived: the edges of the citation graph, each once. A work may cite itself. */
export const citations = pgTable(
  "citations",
  {
    citingWorkId: bigint("citing_work_id", { mode: "bigint" }).notNull(),
    citedWorkId: bigint("cited_work_id", { mode: "bigint" }).notNull(),
    /** Whether any of the references behind the edge is marked as an internal anchor. */
    isInternalAnchor: boolean("is_internal_anchor").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.citingWorkId, table.citedWorkId] }),
    index("citations_cited_work_id").on(table.citedWorkId, table.citingWorkId),
  ],
);
