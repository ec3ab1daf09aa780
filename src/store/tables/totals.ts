import { bigint, pgTable, text } from "drizzle-orm/pg-core";

export type TotalName =
  | "papers"
  | "works"
  | "claims"
  | "citations"
  | "events"
  | "invalid_events"
  | "rejected_documents"
  /** The highest `position` given to an event. */
  | "position"
  /** The highest `position` given to a change of the feed. */
  | "change_position"
  /** The highest `position` given to a change of the citation graph. */
  | "graph_position";

/** Counts kept in the transaction that changes them. */
export const totals = pgTable("totals", {
  name: text("name").$type<TotalName>().primaryKey(),
  value: bigint("value", { mode: "number" }).notNull(),
});
