import { customType, index, integer, pgEnum, pgTable, text } from "drizzle-orm/pg-core";
import { instant, proof, sha256 } from "./columns.ts";

const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

export const quarantineKind = pgEnum("quarantine_kind", ["document", "event"]);

/**
 * What was rejected, with its reason: whole documents, and copies of events. Bounded: the oldest rows are deleted when
 * it is full. Local to a mirror, no part of the log.
 */
export const quarantine = pgTable(
  "quarantine",
  {
    /** Of the bytes of the document, or of the canonical text of the copy. */
    contentSha256: sha256("content_sha256").primaryKey(),
    kind: quarantineKind("kind").notNull(),
    /** A document's error code, or an event's reason of refusal. */
    code: text("code").notNull(),
    message: text("message").notNull(),
    /** The file, or other source, that it came from. */
    source: text("source").notNull(),
    pithNumber: text("pith_number"),
    /** What its source had to prove, so that a retry demands no less; null where nothing was demanded. */
    minimumProof: proof("minimum_proof"),
    /** Bytes. */
    size: integer("size").notNull(),
    /** Null where it is too large to keep. */
    content: bytea("content"),
    receivedAt: instant("received_at").notNull(),
  },
  (table) => [
    index("quarantine_received_at").on(table.receivedAt),
    index("quarantine_pith_number").on(table.pithNumber),
  ],
);
