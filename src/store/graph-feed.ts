import { type GraphChanges, packGraphChanges } from "./graph-payload.ts";
import { type Cell, insertRows } from "./rows.ts";
import type { Statements } from "./transaction.ts";

/** Told the last position whenever the citation graph changed: `LISTEN pith_graph_edges`. */
export const graphChannel = "pith_graph_edges";

/** How much of the feed is kept, and in how large pieces. */
export type GraphFeedLimits = {
  /** Of one row's payload. */
  readonly payloadBytes: number;
  /** Of all payloads kept; the newest row is always kept. */
  readonly keptBytes: number;
  readonly keptRows: number;
};

export const graphFeedLimits: GraphFeedLimits = {
  // Some 4,000 edges: read in a millisecond or two.
  payloadBytes: 32 * 1024,
  keptBytes: 64 * 1024 * 1024,
  keptRows: 20_000,
};

/** Old rows are looked for once in so many positions. */
const positionsBetweenPrunings = 64n;

/**
 * Lists how the citation graph changed, within the transaction that changes it: four statements at most, however much
 * it is. Positions are given under the lock of a row that is kept until the commit, so they follow the order of commits
 * and have no gaps. `now` is an ISO instant. Lists nothing where nothing changed.
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
 * Tells all who follow to load the graph anew, within a transaction that may change all of it, like a rebuild. What
 * was listed before is deleted: nobody needs it any more.
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
  // A statement of its own: it sees what the holder of the lock before has committed.
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
  // Delivered when the transaction commits, and only then.
  await client.query("SELECT pg_notify($1, $2)", [graphChannel, last.toString()]);
  return last;
}

const columns = ["position", "transaction_end", "payload", "bytes_until", "changed_at"];
