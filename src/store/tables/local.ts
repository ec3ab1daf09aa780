import {
  bigint,
  boolean,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea, instant, proof, sha256 } from "./columns.ts";

/** What a mirror remembers of itself: `sample`, where the sample was loaded. */
export const settings = pgTable("settings", {
  name: text("name").primaryKey(),
  value: text("value").notNull(),
});

export const submissionStatus = pgEnum("submission_status", ["queued", "merged", "rejected", "failed"]);

/**
 * The queue of submitted documents, and what became of them. A submission is acknowledged once its row is committed;
 * workers take queued rows with FOR UPDATE SKIP LOCKED. Local to a mirror, no part of the log.
 */
export const submissions = pgTable(
  "submissions",
  {
    submissionId: uuid("submission_id").primaryKey(),
    status: submissionStatus("status").notNull(),
    /** Which token submitted it: the first 16 hex digits of the token's SHA-256. */
    token: text("token").notNull(),
    minimumProof: proof("minimum_proof").notNull(),
    /** The document's bytes; null once it is done. */
    document: bytea("document"),
    /** Bytes. */
    size: integer("size").notNull(),
    /** Of the merged or rejected document, as far as it could be read. */
    pithNumber: text("pith_number"),
    /** A document's error code, or an event's reason of refusal; what infrastructure said where it failed. */
    errorCode: text("error_code"),
    errorMessage: text("error_message"),
    attempts: integer("attempts").notNull(),
    /** Not before this time: infrastructure faults are retried with growing delays. */
    notBefore: instant("not_before").notNull(),
    receivedAt: instant("received_at").notNull(),
    finishedAt: instant("finished_at"),
  },
  (table) => [index("submissions_queue").on(table.status, table.notBefore, table.receivedAt)],
);

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

/** The mirrors that this one follows, each with how far it has come. Local to a mirror. */
export const followedMirrors = pgTable("followed_mirrors", {
  baseUrl: text("base_url").primaryKey(),
  /** The last position of its feed up to which everything is stored, in quarantine, or in `outstanding_papers`. */
  position: bigint("position", { mode: "bigint" }).notNull(),
  /** Its checksum there. */
  checksum: sha256("checksum"),
  syncedAt: instant("synced_at").notNull(),
  /** SHA-256 of the keyring and minimum proof it was followed with. */
  trust: sha256("trust").notNull(),
  /** Whether other keys, or a lower minimum proof, might accept some of what was rejected on the way. */
  hasUntrusted: boolean("has_untrusted").notNull().default(false),
});

/**
 * Papers that a mirror listed and that could not be fetched yet. The cursor of the mirror has passed them; `sync` comes
 * back to them until they are stored or definitely gone. Local to a mirror.
 */
export const outstandingPapers = pgTable(
  "outstanding_papers",
  {
    /** As in `followed_mirrors`, without what stands there for a list of numbers. */
    baseUrl: text("base_url").notNull(),
    /** A Pith number, or the beginning of a suffix where a list named no more. */
    paper: text("paper").notNull(),
    /** The last failure: `FETCH_FAILED`, `TOO_SLOW`, or a document's error code. */
    code: text("code").notNull(),
    message: text("message").notNull(),
    /** Of the sync that failed to fetch it. */
    minimumProof: proof("minimum_proof").notNull(),
    /** Failed attempts in succession. */
    attempts: integer("attempts").notNull(),
    /** The last of them that were answers (404, 410, no JSON) and not faults of the network or the server. */
    answers: integer("answers").notNull(),
    failedSince: instant("failed_since").notNull(),
    nextAttemptAt: instant("next_attempt_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.baseUrl, table.paper] })],
);
