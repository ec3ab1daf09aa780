import { bigint, index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { eventStatus, instant, proof, sha256 } from "./columns.ts";
import { isNotCurrent, isOfRareType } from "./search-expressions.ts";

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
