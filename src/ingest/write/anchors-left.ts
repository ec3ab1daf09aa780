import type pg from "pg";
import { areTablesDistributed } from "../../store/citus/kept-twice.ts";
import { rowsAsValues } from "../../store/citus/rows-as-values.ts";
import { readGraphPayload } from "../../store/graph-payload.ts";
import type { Database } from "../../store/index.ts";
import { bigintArray } from "../../store/rows.ts";
import { rowsAsLists } from "../../store/rows-as-lists.ts";
import { beginWriting, inTransaction, onConnection, type Statements } from "../../store/transaction.ts";
import { noteCounted, readUncounted, type Uncounted } from "../../store/uncounted-anchors.ts";
import { writeLock } from "../../store/write-lock.ts";

/*
 * While a version is replaced by the next, writers of versions before migration 0010 may go on. They do not keep
 * `works.anchored_work_count`, and do not say in the feed of the graph that they did: that tells which works to count
 * again. To go, with that of the feed, in the version after next.
 */

/** Rows of the feed that are read for what they changed; where there are more, all works are counted. */
const mostPayloads = 128;
/** Works in a statement. */
const pageSize = 10_000;

/**
 * Counts anew how many works are anchored in those whose anchors were changed by a writer that does not count them. In
 * the transaction of a writer, under its lock, once all that it writes is written.
 */
export async function countAnchorsLeft(
  client: Statements,
  uncounted: Uncounted,
  areDistributed: boolean,
): Promise<void> {
  const works = await changedAnchors(client, uncounted);
  if (works !== null) await countAnchors(client, works, areDistributed);
  else for await (const page of allWorks(client)) await countAnchors(client, page, areDistributed);
  await noteCounted(client, uncounted.position);
}

/** The same in a transaction of its own, for when nobody who counts comes to write. Does nothing where all are counted. */
export async function settleAnchors({ pool }: Pick<Database, "pool">): Promise<void> {
  if ((await readUncounted(pool)) === null) return;
  await inTransaction(pool, beginWriting, async (writer) => {
    await writer.query("SELECT pg_advisory_xact_lock($1)", [writeLock]);
    await countLeft(writer);
  });
}

/** The same by a connection that holds the lock, and is in no transaction; after an error, to be closed. */
export async function settleAnchorsBy(client: pg.ClientBase): Promise<void> {
  if ((await readUncounted(client)) === null) return;
  await onConnection(client, beginWriting, countLeft);
}

async function countLeft(writer: Statements): Promise<void> {
  const uncounted = await readUncounted(writer);
  if (uncounted !== null) await countAnchorsLeft(writer, uncounted, await areTablesDistributed(writer));
}

/** The works that edges were put to or taken from; null where the feed does not hold all of it, or too much. */
async function changedAnchors(client: Statements, { after, until }: Uncounted): Promise<Set<bigint> | null> {
  if (until - after > BigInt(mostPayloads)) return null;
  const { rows } = await client.query<{ payload: Buffer | null }>(
    "SELECT payload FROM graph_changes WHERE position > $1 AND position <= $2 ORDER BY position",
    [after.toString(), until.toString()],
  );
  if (BigInt(rows.length) < until - after) return null;
  const works = new Set<bigint>();
  const note = (high: number, low: number) => works.add((BigInt(high) << 32n) | BigInt(low));
  for (const { payload } of rows) {
    if (payload === null) return null;
    readGraphPayload(payload, {
      addWork: () => {},
      removeWork: () => {},
      putEdge: (_citingHigh, _citingLow, citedHigh, citedLow) => note(citedHigh, citedLow),
      removeEdge: (_citingHigh, _citingLow, citedHigh, citedLow) => note(citedHigh, citedLow),
    });
  }
  return works;
}

async function* allWorks(client: Statements): AsyncGenerator<bigint[]> {
  for (let last: string | undefined = "-1"; last !== undefined; ) {
    const page: pg.QueryResult<{ work_id: string }> = await client.query<{ work_id: string }>(
      "SELECT work_id FROM works WHERE work_id > $1 ORDER BY work_id LIMIT $2",
      [last, pageSize],
    );
    yield page.rows.map(({ work_id }) => BigInt(work_id));
    last = page.rows.at(-1)?.work_id;
  }
}

async function countAnchors(
  client: Statements,
  works: Iterable<bigint>,
  areDistributed: boolean,
): Promise<void> {
  const ids = bigintArray(works);
  const stored = await client.query<{ work_id: string; count: number }>(
    "SELECT work_id, anchored_work_count AS count FROM works WHERE work_id = ANY($1)",
    [ids],
  );
  const anchored = await client.query<{ work_id: string; count: number }>(
    `SELECT cited_work_id AS work_id, count(*)::int AS count
     FROM ${areDistributed ? "citations_by_cited" : "citations"}
     WHERE cited_work_id = ANY($1) AND is_internal_anchor AND citing_work_id <> cited_work_id GROUP BY cited_work_id`,
    [ids],
  );
  const counts = new Map(anchored.rows.map(({ work_id, count }) => [work_id, count]));
  const wrong = stored.rows.filter(({ work_id, count }) => count !== (counts.get(work_id) ?? 0));
  if (wrong.length === 0) return;
  const rows = wrong.map(({ work_id }) => [BigInt(work_id), counts.get(work_id) ?? 0]);
  const changedRows = areDistributed ? rowsAsValues : rowsAsLists;
  const columns = ["work_id", "anchored_work_count"];
  for (const { text, values } of changedRows.update("works", columns, rows, ["anchored_work_count"])) {
    await client.query(text, [...values]);
  }
}
