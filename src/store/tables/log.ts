import { bigint, index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { checkResult, eventStatus, instant, isNotCurrent, isOfRareType, proof, sha256 } from "./columns.ts";

/**
 * Part of the log: the Pith number of each `paper_id`, and the canonical record that a bundle contains next to its
 * events. The record's hash is the Pith number, so it needs no signature; it describes a paper whose `record_created`
 * event has not arrived.
 */
export const records = pgTable("records", {
  paperId: bigint("paper_id", { mode: "bigint" }).primaryKey(),
  pithNumber: text("pith_number").notNull(),
  /** Canonical text; null while the paper is known only from states. */
  record: text("record"),
  /** Derived: hash of the paper's merged state, which exists even if too little is known to show the paper. */
  stateSha256: sha256("state_sha256").notNull(),
  /**
   * Derived: identifies the paper's events in the log and their input to the merge: the sum modulo 2^256 of SHA-256
   * over `<event id in hex> <proof> <fault>` of each. A cached merge is valid for a log with the same checksum.
   */
  logChecksum: sha256("log_checksum").notNull(),
  /**
   * The paper's aliases as JSON (row-rules/aliases-text.ts): a list of `[kind, value, created_at, is_brought,
   * is_current]`, ordered by kind and value. Aliases from documents accepted at `hash` are part of the log, of equal ones the
   * earliest. The merge decides which count once the record is known, so those that do not count now are stored too.
   * The others follow from the record. One text, since a paper has about six, which are written and read together.
   * `is_current` is derived.
   */
  aliases: text("aliases").notNull().default("[]"),
});

/**
 * The log: each accepted event once, as the canonical text whose hash is its id. Text and not jsonb, which would turn
 * `1e16` and `-0.0` into other numbers.
 *
 * The second half is derived: the outcome of the event in the merge of the paper's complete set.
 */
export const events = pgTable(
  "events",
  {
    paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
    /** Without the prefix `sha256:`. */
    eventId: sha256("event_id").notNull(),
    /** The order in which this mirror accepted events. Gapless in commit order: allocated under a lock. */
    position: bigint("position", { mode: "bigint" }).notNull(),
    /** Canonical text of the nine keys. */
    body: text("body").notNull(),
    /** Canonical text of the signature object; null if the event came without one. */
    signature: text("signature"),
    /** The highest proof among the accepted copies. */
    proof: proof("proof").notNull(),
    /** The event's own fault (PROTOCOL 5, rules 7 and 8); null if it has none. */
    fault: text("fault"),
    /** Never earlier than that of an event accepted before: it gives the same order as `position`. */
    receivedAt: instant("received_at").notNull(),

    /** Truncated to 500 UTF-16 units: it is indexed, and an unknown type may have any length. */
    type: text("type").notNull(),
    createdAt: instant("created_at").notNull(),
    /** The signer's key fingerprint, 32 hex digits. */
    fingerprint: text("fingerprint").notNull(),
    standing: proof("standing").notNull(),
    status: eventStatus("status").notNull(),
    /** Why the status is invalid. */
    reason: text("reason"),
    /** PROTOCOL 6.1: 0 without links, else 1 + the greatest depth of the linked events. 0 if the status is invalid. */
    depth: integer("depth").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.paperId, table.eventId] }),
    // An event names its paper, so an id occurs in one paper only. Not UNIQUE, which would have to include the
    // distribution column.
    index("events_event_id").on(table.eventId),
    index("events_position").on(table.position),
    // Filters of the events feed. The common values are found through `position` alone.
    index("events_rare_type").on(table.type, table.position).where(isOfRareType),
    index("events_not_current").on(table.status, table.position).where(isNotCurrent),
    index("events_fingerprint").on(table.fingerprint, table.position),
    index("events_received_at").on(table.receivedAt, table.position),
  ],
);

/** Part of the log: for each imported state document, whether merging it alone gives its own `state_sha256`. */
export const publishedStates = pgTable(
  "published_states",
  {
    paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
    stateSha256: sha256("state_sha256").notNull(),
    result: checkResult("result").notNull(),
  },
  (table) => [primaryKey({ columns: [table.paperId, table.stateSha256] })],
);

/** Derived: the signers of the stored events. Small: one row per key. */
export const signers = pgTable("signers", {
  /** 32 hex digits. */
  fingerprint: text("fingerprint").primaryKey(),
  keyId: text("key_id").notNull(),
  signerId: text("signer_id").notNull(),
  signerType: text("signer_type").notNull(),
});

/**
 * The feed: each paper to which something was added, in commit order, without gaps. Other mirrors follow it by
 * `position`.
 *
 * `checksum` identifies the set of all states at that position: the sum modulo 2^256 of SHA-256 over `<pith number>
 * <state_sha256>` of each paper. It does not depend on the order of changes, so two mirrors with the same states have
 * the same checksum, and can be compared by it.
 */
export const changes = pgTable("changes", {
  position: bigint("position", { mode: "bigint" }).primaryKey(),
  paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
  pithNumber: text("pith_number").notNull(),
  stateSha256: sha256("state_sha256").notNull(),
  checksum: sha256("checksum").notNull(),
  changedAt: instant("changed_at").notNull(),
});

export type TotalName =
  | "papers"
  | "works"
  | "claims"
  | "citations"
  | "events"
  | "invalid_events"
  | "rejected_documents"
  /** The highest `position` assigned to an event. */
  | "position"
  /** The highest `position` assigned to a change of the feed. */
  | "change_position"
  /** The highest `position` assigned to a change of the citation graph. */
  | "graph_position";

/** Counts maintained in the transaction that changes them. */
export const totals = pgTable("totals", {
  name: text("name").$type<TotalName>().primaryKey(),
  value: bigint("value", { mode: "number" }).notNull(),
});
