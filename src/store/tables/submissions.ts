import { customType, index, integer, pgEnum, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { instant, proof } from "./columns.ts";

const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

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
