import { bigint, boolean, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { sha256 } from "./columns.ts";

/**
 * Part of the log: the well-formed aliases that documents brought, of equal ones the earliest. Aliases are
 * unsigned and judged in the merge, when the record is known, so also those that do not count now are kept.
 */
export const aliases = pgTable(
  "aliases",
  {
    paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
    /** SHA-256 of the canonical text of `[kind, value]`. */
    aliasSha256: sha256("alias_sha256").notNull(),
    /** Whether a document brought it that was let in at `hash`, where somebody's word suffices. */
    letInAtHash: boolean("let_in_at_hash").notNull(),
    /** Canonical text of `{alias_kind, alias_value, created_at}`: its strings may hold any character. */
    alias: text("alias").notNull(),
    /** Derived: whether the state lists it. */
    isCurrent: boolean("is_current").notNull(),
  },
  (table) => [primaryKey({ columns: [table.paperId, table.aliasSha256, table.letInAtHash] })],
);
