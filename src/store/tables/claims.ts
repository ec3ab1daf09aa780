import { bigint, index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { claimWords, isOtherKind } from "./search-expressions.ts";

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
  (table) => [
    primaryKey({ columns: [table.paperId, table.ordinal] }),
    // Of the four kinds that every snapshot has, a page is among the first rows; of the others it may be anywhere.
    index("claims_other_kind").on(table.paperId, table.ordinal).where(isOtherKind),
    index("claims_words").using("gin", claimWords(table)),
  ],
);
