import { bigint, pgTable, text } from "drizzle-orm/pg-core";
import { sha256 } from "./columns.ts";

/**
 * Part of the log: which Pith number a `paper_id` stands for, and the canonical record that a bundle carries
 * beside its events. Its hash is the Pith number, so it needs nobody's word; it shows a paper whose
 * `record_created` event has not arrived.
 */
export const records = pgTable("records", {
  paperId: bigint("paper_id", { mode: "bigint" }).primaryKey(),
  pithNumber: text("pith_number").notNull(),
  /** Canonical text; null while only states have brought the paper. */
  record: text("record"),
  /** Derived: of the paper's merged state, which it has even where too little is known to show it as a paper. */
  stateSha256: sha256("state_sha256").notNull(),
  /**
   * The paper's aliases, as JSON: a list of `[kind, value, created_at, is_brought, is_current]`
   * (store/stored-aliases.ts) in the order of kind and value. What documents accepted at `hash` brought is part of the
   * log, of equal ones the earliest: they are judged in the merge, when the record is known, so also those that do not
   * count now are stored. The others follow from the record. In one text: a paper has half a dozen, and they are
   * written and read together. `is_current` is derived.
   */
  aliases: text("aliases").notNull().default("[]"),
});
