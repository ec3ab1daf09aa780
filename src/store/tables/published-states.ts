import { bigint, pgTable, primaryKey } from "drizzle-orm/pg-core";
import { checkResult, sha256 } from "./columns.ts";

/** Part of the log: for each state document taken in, whether merging it alone gives its own `state_sha256`. */
export const publishedStates = pgTable(
  "published_states",
  {
    paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
    stateSha256: sha256("state_sha256").notNull(),
    result: checkResult("result").notNull(),
  },
  (table) => [primaryKey({ columns: [table.paperId, table.stateSha256] })],
);
