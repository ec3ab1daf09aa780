import { bigint, pgTable, primaryKey } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

/**
 * Derived: the papers held whose references name a work, by that work: what `citedBy` pages through, newest
 * first, at the same speed on its last page as on its first.
 */
export const citingPapers = pgTable(
  "citing_papers",
  {
    citedWorkId: bigint("cited_work_id", { mode: "bigint" }).notNull(),
    submittedAt: instant("submitted_at").notNull(),
    paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.citedWorkId, table.submittedAt, table.paperId] })],
);
