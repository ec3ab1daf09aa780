import { bigint, customType, pgTable } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => "bytea" });

/**
 * How the citation graph changed: what graphs in memory follow. Positions are in the order of the commits and without
 * gaps; a transaction that changed much has several rows, and none of them is to be seen without the others.
 *
 * Old rows are deleted: who is further behind loads the graph anew. So does everybody at a row without a payload.
 */
export const graphChanges = pgTable("graph_changes", {
  position: bigint("position", { mode: "bigint" }).primaryKey(),
  /** The position of the last row of the same transaction. */
  transactionEnd: bigint("transaction_end", { mode: "bigint" }).notNull(),
  /** As store/graph-payload.ts packs it; null where everything may be another than before. */
  payload: bytes("payload"),
  /** The bytes of all payloads up to this one, also of those deleted since: what old rows are counted by. */
  bytesUntil: bigint("bytes_until", { mode: "bigint" }).notNull(),
  changedAt: instant("changed_at").notNull(),
});
