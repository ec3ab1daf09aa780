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

/** Settings that a mirror stores itself, such as `sample` if the sample was loaded. */
export const settings = pgTable("settings", {
  name: text("name").primaryKey(),
  value: text("value").notNull(),
});

export const submissionStatus = pgEnum("submission_status", ["queued", "merged", "rejected", "failed"]);

/**
 * The queue of submitted documents, and their outcomes. A submission is acknowledged once its row is committed; workers
 * take queued rows with FOR UPDATE SKIP LOCKED. Local to a mirror, not part of the log.
 */
export const submissions = pgTable(
  "submissions",
  {
    submissionId: uuid("submission_id").primaryKey(),
    status: submissionStatus("status").notNull(),
    /** The token that submitted it: the first 16 hex digits of the token's SHA-256. */
    token: text("token").notNull(),
    minimumProof: proof("minimum_proof").notNull(),
    /** The document's bytes; null once it has been processed. */
    document: bytea("document"),
    /** In bytes. */
    size: integer("size").notNull(),
    /** Of the merged or rejected document, if it could be read. */
    pithNumber: text("pith_number"),
    /** A document's error code, or an event's rejection reason; the infrastructure's error if it failed. */
    errorCode: text("error_code"),
    errorMessage: text("error_message"),
    attempts: integer("attempts").notNull(),
    /** Not processed before this time: infrastructure faults are retried with growing delays. */
    notBefore: instant("not_before").notNull(),
    receivedAt: instant("received_at").notNull(),
    finishedAt: instant("finished_at"),
  },
  (table) => [index("submissions_queue").on(table.status, table.notBefore, table.receivedAt)],
);

export const quarantineKind = pgEnum("quarantine_kind", ["document", "event"]);

/**
 * Rejected documents and copies of events, with reasons. Bounded: the oldest rows are deleted when it is full. Local to
 * a mirror, not part of the log.
 */
export const quarantine = pgTable(
  "quarantine",
  {
    /** Hash of the document's bytes, or of the copy's canonical text. */
    contentSha256: sha256("content_sha256").primaryKey(),
    kind: quarantineKind("kind").notNull(),
    /** A document's error code, or an event's rejection reason. */
    code: text("code").notNull(),
    message: text("message").notNull(),
    /** The file or other source that it came from. */
    source: text("source").notNull(),
    pithNumber: text("pith_number"),
    /** The minimum proof of its source, which a retry requires again; null if there was none. */
    minimumProof: proof("minimum_proof"),
    /** In bytes. */
    size: integer("size").notNull(),
    /** Null if it is too large to keep. */
    content: bytea("content"),
    receivedAt: instant("received_at").notNull(),
  },
  (table) => [
    index("quarantine_received_at").on(table.receivedAt),
    index("quarantine_pith_number").on(table.pithNumber),
  ],
);

/** The mirrors that this one follows, with the progress of each. Local to a mirror. */
export const followedMirrors = pgTable("followed_mirrors", {
  baseUrl: text("base_url").primaryKey(),
  /** The position in its feed up to which everything is stored, in quarantine, or in `outstanding_papers`. */
  position: bigint("position", { mode: "bigint" }).notNull(),
  /** The feed's checksum at that position. */
  checksum: sha256("checksum"),
  syncedAt: instant("synced_at").notNull(),
  /** SHA-256 of the keyring and minimum proof with which it was followed. */
  trust: sha256("trust").notNull(),
  /** Whether other keys, or a lower minimum proof, might accept some of the documents rejected so far. */
  hasUntrusted: boolean("has_untrusted").notNull().default(false),
});

/**
 * Papers that a mirror listed but that could not be fetched yet. The mirror's cursor has passed them; `sync` retries
 * them until they are stored or definitely gone. Local to a mirror.
 */
export const outstandingPapers = pgTable(
  "outstanding_papers",
  {
    /** As in `followed_mirrors`, without the part there that marks a list of numbers. */
    baseUrl: text("base_url").notNull(),
    /** A Pith number, or the beginning of a suffix if a list contained no more. */
    paper: text("paper").notNull(),
    /** The last failure: `FETCH_FAILED`, `TOO_SLOW`, or a document's error code. */
    code: text("code").notNull(),
    message: text("message").notNull(),
    /** Minimum proof of the sync that failed to fetch it. */
    minimumProof: proof("minimum_proof").notNull(),
    /** Consecutive failed attempts. */
    attempts: integer("attempts").notNull(),
    /** Trailing attempts that got an answer (404, 410, no JSON), rather than a fault of the network or the server. */
    answers: integer("answers").notNull(),
    failedSince: instant("failed_since").notNull(),
    nextAttemptAt: instant("next_attempt_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.baseUrl, table.paper] })],
);
