import type pg from "pg";
import type { Keyring } from "../../protocol/index.ts";
import { type Database, openDatabase } from "../../store/index.ts";
import { idleWriterMilliseconds, keepOpen } from "../../store/transaction.ts";
import { waitForWriteLock, writeLock } from "../../store/write-lock.ts";
import { ingestVerified } from "../pipeline.ts";
import { readLoggedPapers } from "./logged-paper.ts";

/** The schema in which tables are made anew from the log. */
export const shadowSchema = "pith_graph_shadow";

/** A table that the log determines, by its key; `records` and `events` hold derived columns beside the log. */
export type DerivedTable = { readonly name: string; readonly key: readonly string[] };

export const derivedTables: readonly DerivedTable[] = [
  { name: "records", key: ["paper_id"] },
  { name: "events", key: ["paper_id", "event_id"] },
  { name: "published_states", key: ["paper_id", "state_sha256"] },
  { name: "papers", key: ["paper_id"] },
  { name: "paper_keys", key: ["key", "paper_id"] },
  { name: "claims", key: ["paper_id", "ordinal"] },
  { name: "references", key: ["paper_id", "ordinal"] },
  { name: "works", key: ["work_id"] },
  { name: "work_identifiers", key: ["identifier_id"] },
  { name: "citations", key: ["citing_work_id", "cited_work_id"] },
  // Empty on one server. Where the tables are distributed a batch writes it here as well: the setting is seen.
  { name: "citations_by_cited", key: ["cited_work_id", "citing_work_id"] },
  { name: "citing_papers", key: ["cited_work_id", "submitted_at", "paper_id"] },
  { name: "signers", key: ["fingerprint"] },
  { name: "totals", key: ["name"] },
];

/** The totals that are history, and no function of the log: a rebuild leaves them, a backup holds them. In SQL. */
export const historicTotals = "('position', 'change_position', 'graph_position', 'rejected_documents')";

/** Written by a batch as well, but no part of what the log determines. */
const bystanders = ["changes", "graph_changes", "quarantine"];

export type CareOptions = {
  readonly keyring: Keyring;
  /** Told how many papers of how many are done. */
  readonly onProgress?: (done: number, all: number) => void;
};

/**
 * Makes all derived tables anew from the log, in a schema of their own, by the same code that an ingest runs; then
 * calls `use` with a connection, while writers still wait and readers go on undisturbed. The schema is dropped again.
 */
export async function withShadow<Result>(
  database: Database,
  { keyring, onProgress }: CareOptions,
  use: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await database.pool.connect();
  const shadow = openDatabase({
    connection: database.connection,
    maximumConnections: 1,
    schema: shadowSchema,
  });
  try {
    // The lock ends with the session, and the session of a process that was stopped for its silence.
    await client.query(`SET idle_session_timeout = ${idleWriterMilliseconds}`);
    await waitForWriteLock(database.pool, () => client.query("SELECT pg_advisory_lock($1)", [writeLock]));
    await client.query(`DROP SCHEMA IF EXISTS ${shadowSchema} CASCADE`);
    await client.query(`CREATE SCHEMA ${shadowSchema}`);
    for (const name of [...derivedTables.map((table) => table.name), ...bystanders]) {
      await client.query(`CREATE TABLE ${shadowSchema}."${name}" (LIKE public."${name}" INCLUDING ALL)`);
    }
    const { rows } = await client.query<{ papers: number }>(
      "SELECT count(*)::int AS papers FROM public.records",
    );
    let done = 0;
    await keepOpen(client, async () => {
      for await (const documents of readLoggedPapers(client, keyring)) {
        await ingestVerified(shadow, documents, { isLockHeld: true });
        done += new Set(documents.map(({ header }) => header.pithNumber)).size;
        onProgress?.(done, rows[0]?.papers ?? 0);
      }
    });
    // When and in which order events were taken in is history, and stays.
    await client.query(
      `UPDATE ${shadowSchema}.events AS new SET position = old.position, received_at = old.received_at
       FROM public.events AS old WHERE new.paper_id = old.paper_id AND new.event_id = old.event_id`,
    );
    await client.query(`DELETE FROM ${shadowSchema}.totals WHERE name IN ${historicTotals}`);
    await client.query(
      `INSERT INTO ${shadowSchema}.totals SELECT * FROM public.totals WHERE name IN ${historicTotals}`,
    );
    // A count that has come down to nothing has a row here, and none where it was never more.
    await client.query(
      `INSERT INTO ${shadowSchema}.totals SELECT name, 0 FROM public.totals
       WHERE name NOT IN (SELECT name FROM ${shadowSchema}.totals)`,
    );
    return await use(client);
  } finally {
    await shadow.close();
    // Nothing is under way on it; a transaction that failed is ended first. The session's end frees the lock.
    await client
      .query("ROLLBACK")
      .then(() => client.query(`DROP SCHEMA IF EXISTS ${shadowSchema} CASCADE`))
      .catch(() => {});
    client.release(true);
  }
}
