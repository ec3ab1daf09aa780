import type pg from "pg";
import { type BaseGraph, buildBaseGraph, createVertexIndex, sharedArray } from "./base-graph.ts";
import { copy } from "./copy-reader.ts";
import { readSummaries } from "./read-summaries.ts";
import type { SummaryStore } from "./summary-store.ts";

/** The graph and, unless `maxSummaryBytes` is 0, the summaries of its works, in one snapshot. */
export async function readGraph(
  client: pg.ClientBase,
  maxSummaryBytes = 0,
): Promise<{ readonly base: BaseGraph; readonly summaries: SummaryStore | null }> {
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  try {
    const base = await readGraphInSnapshot(client);
    return { base, summaries: maxSummaryBytes > 0 ? await readSummaries(client, maxSummaryBytes) : null };
  } finally {
    await client.query("ROLLBACK").catch(() => {});
  }
}

/**
 * Reads all works and citations at one position of the feed: rows and position come from one snapshot. Needs 8
 * bytes an edge besides the result. O(vertices + edges). Within the caller's transaction, which must see one snapshot.
 */
export async function readGraphInSnapshot(client: pg.ClientBase): Promise<BaseGraph> {
  const { rows } = await client.query<{ value: string }>(
    "SELECT value FROM totals WHERE name = 'graph_position'",
  );
  const { high, low } = await readWorks(client);
  const edges = await readEdges(client, high, low);
  return buildBaseGraph(high, low, edges, BigInt(rows[0]?.value ?? 0));
}

/** A growing list. */
class PushableArray {
  array = new Uint32Array(1 << 16);
  length = 0;

  push(value: number): void {
    if (this.length === this.array.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.array);
      this.array = larger;
    }
    this.array[this.length++] = value;
  }
}

/** The ids of all works, ascending, as halves. */
async function readWorks(client: pg.ClientBase): Promise<{ high: Uint32Array; low: Uint32Array }> {
  const highs = new PushableArray();
  const lows = new PushableArray();
  await copy(client, "SELECT work_id FROM works ORDER BY work_id", [8], (view, at) => {
    highs.push(view.getUint32(at + 4));
    lows.push(view.getUint32(at + 8));
  });
  const high = sharedArray(highs.length);
  const low = sharedArray(lows.length);
  high.set(highs.array.subarray(0, highs.length));
  low.set(lows.array.subarray(0, lows.length));
  return { high, low };
}

async function readEdges(client: pg.ClientBase, high: Uint32Array, low: Uint32Array) {
  const vertices = createVertexIndex(high, low);
  const citing = new PushableArray();
  const cited = new PushableArray();
  let last = -1;
  let lastHigh = -1;
  let lastLow = -1;
  const find = (view: DataView, at: number): number => {
    const index = vertices.find(view.getUint32(at), view.getUint32(at + 4));
    if (index < 0)
      throw new Error("A citation refers to a work that does not exist. Run `pith-graph check` for details.");
    return index;
  };
  await copy(
    client,
    'SELECT p.work_id, r.cited_work_id, r.is_internal_anchor FROM "references" r JOIN papers p USING (paper_id)',
    [8, 8, 1],
    (view, at) => {
      // The references of a paper are mostly adjacent.
      const high = view.getUint32(at + 4);
      const low = view.getUint32(at + 8);
      if (high !== lastHigh || low !== lastLow) {
        last = find(view, at + 4);
        lastHigh = high;
        lastLow = low;
      }
      citing.push(last);
      cited.push(((find(view, at + 16) << 1) | view.getUint8(at + 28)) >>> 0);
    },
  );
  return { citing: citing.array, cited: cited.array, count: citing.length };
}
