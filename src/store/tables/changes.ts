import { bigint, pgTable, text } from "drizzle-orm/pg-core";
import { instant, sha256 } from "./columns.ts";

/**
 * The feed: each paper to which something was added, in the order of the commits, without gaps. Another mirror follows it by
 * `position`.
 *
 * `checksum` stands for the set of all states at that position: the sum modulo 2^256 of SHA-256 over
 * `<pith number> <state_sha256>` of each paper. It does not depend on the order of changes, so two mirrors that hold
 * the same states have the same checksum, and compare in one look.
 */
export const changes = pgTable("changes", {
  position: bigint("position", { mode: "bigint" }).primaryKey(),
  paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
  pithNumber: text("pith_number").notNull(),
  stateSha256: sha256("state_sha256").notNull(),
  checksum: sha256("checksum").notNull(),
  changedAt: instant("changed_at").notNull(),
});
