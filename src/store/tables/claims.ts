import { bigint, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";

/** Derived: the claims of a paper's current snapshot, in its order. */
export const claims = pgTable(
  "claims",
  {
    paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
    /** From 0. */
    ordinal: integer("ordinal").notNull(),
    claimId: text("claim_id").notNull(),
    /** As the snapshot spells it: `strongest_claim`, … */
    kind: text("kind").notNull(),
    text: text("text").notNull(),
    status: text("status").notNull(),
    attestation: text("attestation").notNull(),
    source: text("source"),
  },
  (table) => [primaryKey({ columns: [table.paperId, table.ordinal] })],
);
