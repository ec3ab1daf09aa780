import { bigint, index, pgTable, primaryKey, text } from "drizzle-orm/pg-core";

/**
 * Derived: what finds a paper. Keys are `pith:` and the first eight characters of the suffix, `arxiv:` and the
 * id without version, `doi:` and the DOI in lower case. Several papers may share one.
 */
export const paperKeys = pgTable(
  "paper_keys",
  {
    key: text("key").notNull(),
    paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.key, table.paperId] }),
    index("paper_keys_paper_id").on(table.paperId),
  ],
);
