import { integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant, proof } from "./columns.ts";

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
