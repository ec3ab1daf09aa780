import type pg from "pg";
import { documentOfEvents, groupByPaper, ingestVerified, type VerifiedDocument } from "../ingest/index.ts";
import {
  type AcceptedEvent,
  type CheckResult,
  type DocumentVerification,
  type JsonObject,
  type Keyring,
  type PithNumber,
  parseJson,
  type RejectedCopy,
  verifyEventCopy,
} from "../protocol/index.ts";
import { aliasValue, readLoggedAliases } from "../row-rules/index.ts";
import {
  bigintArray,
  type Database,
  keepSessionAlive,
  maxIdleWriterMilliseconds,
  openDatabase,
  waitForWriteLock,
  writeLock,
} from "../store/index.ts";

/** The schema in which tables are rebuilt from the log. */
export const shadowSchema = "pith_graph_shadow";

/** A table determined by the log, and its key. `records` and `events` have derived columns beside those of the log. */
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
  // Empty on a single server. If the tables are distributed, a batch writes them in this schema as well.
  { name: "citations_by_citing", key: ["citing_work_id", "cited_work_id"] },
  { name: "citations_by_cited", key: ["cited_work_id", "submitted_at", "paper_id"] },
  { name: "signers", key: ["fingerprint"] },
  { name: "totals", key: ["name"] },
];

/** Totals that are history and not a function of the log: a rebuild keeps them, a backup includes them. In SQL. */
export const historicTotals = "('position', 'change_position', 'graph_position', 'rejected_documents')";

/** Tables that a batch also writes, but that the log does not determine. */
const otherTables = ["changes", "graph_changes", "quarantine"];

export type MaintenanceOptions = {
  readonly keyring: Keyring;
  /** Called with the number of papers done and the total. */
  readonly onProgress?: (done: number, all: number) => void;
};

/**
 * Rebuilds all derived tables from the log in a separate schema, with the code of the ingest. Then calls `use` with a
 * connection, while writers still wait; readers are not affected. Drops the schema at the end.
 */
export async function withShadow<Result>(
  database: Database,
  { keyring, onProgress }: MaintenanceOptions,
  use: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await database.pool.connect();
  const shadow = openDatabase({
    connection: database.connection,
    maxConnections: 1,
    schema: shadowSchema,
  });
  try {
    // The lock ends with the session. PostgreSQL ends the session of a suspended process once it is idle for too long.
    await client.query(`SET idle_session_timeout = ${maxIdleWriterMilliseconds}`);
    await waitForWriteLock(database.pool, () => client.query("SELECT pg_advisory_lock($1)", [writeLock]));
    await client.query(`DROP SCHEMA IF EXISTS ${shadowSchema} CASCADE`);
    await client.query(`CREATE SCHEMA ${shadowSchema}`);
    for (const name of [...derivedTables.map((table) => table.name), ...otherTables]) {
      await client.query(`CREATE TABLE ${shadowSchema}."${name}" (LIKE public."${name}" INCLUDING ALL)`);
    }
    const { rows } = await client.query<{ papers: number }>(
      "SELECT count(*)::int AS papers FROM public.records",
    );
    let done = 0;
    await keepSessionAlive(client, async () => {
      for await (const documents of readLoggedPapers(client, keyring)) {
        await ingestVerified(shadow, documents, { isLockHeld: true });
        done += new Set(documents.map(({ header }) => header.pithNumber)).size;
        onProgress?.(done, rows[0]?.papers ?? 0);
      }
    });
    // The time and order in which events were ingested are history and are kept.
    await client.query(
      `UPDATE ${shadowSchema}.events AS new SET position = old.position, received_at = old.received_at
       FROM public.events AS old WHERE new.paper_id = old.paper_id AND new.event_id = old.event_id`,
    );
    await client.query(`DELETE FROM ${shadowSchema}.totals WHERE name IN ${historicTotals}`);
    await client.query(
      `INSERT INTO ${shadowSchema}.totals SELECT * FROM public.totals WHERE name IN ${historicTotals}`,
    );
    // A total that dropped to 0 has a row in `public`, and none in the shadow, where it was never above 0.
    await client.query(
      `INSERT INTO ${shadowSchema}.totals SELECT name, 0 FROM public.totals
       WHERE name NOT IN (SELECT name FROM ${shadowSchema}.totals)`,
    );
    return await use(client);
  } finally {
    await shadow.close();
    // No statement is running on it; a failed transaction is ended first. Closing the session releases the lock.
    await client
      .query("ROLLBACK")
      .then(() => client.query(`DROP SCHEMA IF EXISTS ${shadowSchema} CASCADE`))
      .catch(() => {});
    client.release(true);
  }
}

/** Papers per query. */
const pageSize = 200;

/**
 * The complete log, paper by paper, as documents that would reproduce it. Its events are verified again with the
 * keyring; those that it no longer accepts are reported as rejected.
 */
async function* readLoggedPapers(
  client: pg.ClientBase,
  keyring: Keyring,
): AsyncGenerator<VerifiedDocument[]> {
  let last = -1n;
  for (;;) {
    const { rows } = await client.query<
      Record<"paper_id" | "aliases", string> & { pith_number: PithNumber; record: string | null }
    >(
      `SELECT paper_id, pith_number, record, aliases FROM public.records
       WHERE paper_id > $1 ORDER BY paper_id LIMIT $2`,
      [last.toString(), pageSize],
    );
    const end = rows.at(-1);
    if (end === undefined) return;
    last = BigInt(end.paper_id);
    const ids = [bigintArray(rows.map((row) => BigInt(row.paper_id)))];
    const events = await byPaper<{ body: string; signature: string | null }>(
      client,
      "SELECT paper_id, body, signature FROM public.events WHERE paper_id = ANY($1::bigint[])",
      ids,
    );
    const published = await byPaper<{ sha256: string; result: CheckResult }>(
      client,
      `SELECT paper_id, encode(state_sha256, 'hex') AS sha256, result
       FROM public.published_states WHERE paper_id = ANY($1::bigint[])`,
      ids,
    );
    yield rows.flatMap((row) => {
      const judged = verifyEvents(row.pith_number, events.get(row.paper_id) ?? [], keyring);
      const header = {
        source: "the log",
        size: 0,
        bytes: new Uint8Array(),
        pithNumber: row.pith_number,
        refused: judged.refused,
        // The proof was checked when the document arrived.
        minimumProof: "hash" as const,
      };
      const aliases = readLoggedAliases(row.aliases).map(aliasValue);
      const main = {
        header,
        contents: { judged: { ...judged, aliases }, publishedResult: null, record: row.record },
      };
      const states = (published.get(row.paper_id) ?? []).map(({ sha256, result }) => ({
        header: { ...header, refused: [] },
        contents: {
          judged: { ...judged, events: [], refused: [], published: { sha256, isPartial: false } },
          publishedResult: result,
          record: null,
        },
      }));
      return [main, ...states];
    });
  }
}

function verifyEvents(
  pithNumber: PithNumber,
  rows: readonly { body: string; signature: string | null }[],
  keyring: Keyring,
): DocumentVerification {
  const events: AcceptedEvent[] = [];
  const refused: RejectedCopy[] = [];
  for (const { body, signature } of rows) {
    const copy = parseJson(body) as JsonObject;
    if (signature !== null) copy["signature"] = parseJson(signature);
    // Accepted events stay accepted: the minimum proof was enforced when they arrived.
    const judgement = verifyEventCopy(copy, { pithNumber, keyring, minimumProof: "hash" });
    if (judgement.accepted) events.push(judgement.event);
    else refused.push({ id: judgement.id, reason: judgement.reason, copy });
  }
  return documentOfEvents(pithNumber, events, refused);
}

async function byPaper<Row extends object>(
  client: pg.ClientBase,
  statement: string,
  parameters: string[],
): Promise<Map<string, Row[]>> {
  const { rows } = await client.query<Row & { paper_id: string }>(statement, parameters);
  return groupByPaper(rows);
}
