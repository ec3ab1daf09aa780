import { type GraphChanges, packGraphChanges } from "./graph-payload.ts";
import { type Cell, insertRows } from "./rows.ts";
import type { Statements } from "./transaction.ts";

/** Notified with the last position whenever the citation graph changes: `LISTEN pith_graph_edges`. */
export const graphChannel = "pith_graph_edges";

/** How much of the feed is retained, and the size of its payloads. */
export type GraphFeedLimits = {
  /** Maximum size of one row's payload. */
  readonly payloadBytes: number;
  /** Maximum size of all retained payloads; the newest row is always kept. */
  readonly keptBytes: number;
  readonly keptRows: number;
};

export const graphFeedLimits: GraphFeedLimits = {
  // About 4,000 edges: read in one or two milliseconds.
  payloadBytes: 32 * 1024,
  keptBytes: 64 * 1024 * 1024,
  keptRows: 20_000,
};

/** Old rows are pruned once per this many positions. */
const positionsBetweenPrunings = 64n;

/**
 * Appends the changes of the citation graph, within the transaction that makes them: at most four statements. Positions
 * are assigned under a row lock that is held until the commit, so they follow the order of commits and have no gaps.
 * `now` is an ISO instant. Does nothing if nothing changed.
 */
export async function recordGraphChanges(
  client: Statements,
  changes: GraphChanges,
  now: string,
  limits: GraphFeedLimits = graphFeedLimits,
): Promise<void> {
  const payloads = packGraphChanges(changes, limits.payloadBytes);
  if (payloads.length > 0) await append(client, payloads, now, limits);
}

/**
 * Makes all followers reload the graph, within a transaction that may change all of it, such as a rebuild. Deletes the
 * earlier rows, which are no longer needed.
 */
export async function recordGraphReset(client: Statements, now: string): Promise<void> {
  const position = await append(client, [null], now, graphFeedLimits);
  await client.query("DELETE FROM graph_changes WHERE position < $1", [position.toString()]);
}

async function append(
  client: Statements,
  payloads: readonly (Buffer | null)[],
  now: string,
  limits: GraphFeedLimits,
): Promise<bigint> {
  const own = BigInt(payloads.length);
  const counter = await client.query<{ value: string }>(
    `INSERT INTO totals (name, value) VALUES ('graph_position', $1)
     ON CONFLICT (name) DO UPDATE SET value = totals.value + excluded.value RETURNING value`,
    [own.toString()],
  );
  const last = BigInt(counter.rows[0]?.value ?? 0);
  const before = last - own;
  // A separate statement: it sees what the previous holder of the lock has committed.
  const head = await client.query<{ bytes: string }>(
    `SELECT bytes_until AS bytes FROM graph_changes WHERE position = $1`,
    [before.toString()],
  );
  let bytes = BigInt(head.rows[0]?.bytes ?? 0);
  const rows = payloads.map((payload, index): Cell[] => {
    bytes += BigInt(payload?.length ?? 0);
    return [before + BigInt(index) + 1n, last, payload, bytes, now];
  });
  await insertRows(client, "graph_changes", columns, rows);
  if (before / positionsBetweenPrunings !== last / positionsBetweenPrunings) {
    await client.query(
      `DELETE FROM graph_changes WHERE position < $1 AND (position <= $2 OR bytes_until <= $3)`,
      [
        last.toString(),
        (last - BigInt(limits.keptRows)).toString(),
        (bytes - BigInt(limits.keptBytes)).toString(),
      ],
    );
  }
  // Delivered only if and when the transaction commits.
  await client.query("SELECT pg_notify($1, $2)", [graphChannel, last.toString()]);
  return last;
}

const columns = ["position", "transaction_end", "payload", "bytes_until", "changed_at"];
