import { bigint, index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { checkResult, eventStatus, instant, isNotCurrent, isOfRareType, proof, sha256 } from "./columns.ts";

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
   * (store/text-columns.ts) in the order of kind and value. What documents accepted at `hash` brought is part of the
   * log, of equal ones the earliest: they are judged in the merge, when the record is known, so also those that do not
   * count now are stored. The others follow from the record. In one text: a paper has half a dozen, and they are
   * written and read together. `is_current` is derived.
   */
  aliases: text("aliases").notNull().default("[]"),
});

/**
 * The log: each accepted event once, as the canonical text that its id is the hash of. Text and not jsonb,
 * which would turn `1e16` and `-0.0` into other numbers.
 *
 * The second half is derived: what the merge of the paper's whole set makes of the event.
 */
export const events = pgTable(
  "events",
  {
    paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
    /** Without the `sha256:` in front. */
    eventId: sha256("event_id").notNull(),
    /** The order in which this mirror took events in. Gapless in commit order: allocated under a lock. */
    position: bigint("position", { mode: "bigint" }).notNull(),
    /** Canonical text of the nine keys. */
    body: text("body").notNull(),
    /** Canonical text of the signature object; null where the event came without one. */
    signature: text("signature"),
    /** The highest proof among the accepted copies. */
    proof: proof("proof").notNull(),
    /** Why it is at fault by itself (PROTOCOL 5, rules 7 and 8); null where it is not. */
    fault: text("fault"),
    /** Never earlier than that of an event taken in before: `position` and this give one order. */
    receivedAt: instant("received_at").notNull(),

    /** Cut off after 500 UTF-16 units: it is indexed, and one that is none of the nine may be of any length. */
    type: text("type").notNull(),
    createdAt: instant("created_at").notNull(),
    /** The signer's key fingerprint, 32 hex digits. */
    fingerprint: text("fingerprint").notNull(),
    standing: proof("standing").notNull(),
    status: eventStatus("status").notNull(),
    /** Why the status is invalid. */
    reason: text("reason"),
    /** Place among the paper's events: the valid ones in merge order, then the invalid ones by id. */
    ordinal: integer("ordinal").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.paperId, table.eventId] }),
    // An event names its paper, so an id is in one paper only; no UNIQUE, which the distribution column would
    // have to be part of.
    index("events_event_id").on(table.eventId),
    index("events_position").on(table.position),
    // What the feed of events is filtered by. What most events are is found by `position` alone.
    index("events_rare_type").on(table.type, table.position).where(isOfRareType),
    index("events_not_current").on(table.status, table.position).where(isNotCurrent),
    index("events_fingerprint").on(table.fingerprint, table.position),
    index("events_received_at").on(table.receivedAt, table.position),
  ],
);

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

/** Derived: who signed the events held. Small: one row for each key. */
export const signers = pgTable("signers", {
  /** 32 hex digits. */
  fingerprint: text("fingerprint").primaryKey(),
  keyId: text("key_id").notNull(),
  signerId: text("signer_id").notNull(),
  signerType: text("signer_type").notNull(),
});

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
