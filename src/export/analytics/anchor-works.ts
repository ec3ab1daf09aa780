import type pg from "pg";
import {
  degreeWithin,
  GraphVersion,
  longestChains,
  Meter,
  pageRank,
  readGraphInSnapshot,
} from "../../graph/index.ts";
import { readRows } from "../copy-out.ts";

/** Rows of one statement. */
const pageSize = 5_000;

/**
 * Recomputes `analytics.anchor_works` in the transaction of this connection: each work's rank in the graph of internal
 * anchors. The graph is in memory for that time. Returns the number of rows.
 */
export async function writeAnchorWorks(client: pg.ClientBase): Promise<number> {
  const graph = GraphVersion.of(await readGraphInSnapshot(client));
  const { scores } = pageRank(graph, { anchorsOnly: true }, new Meter({}));
  const times = await readTimes(client, graph);
  const { lengths, next } = longestChains(
    times,
    (vertex) => anchorsOf(graph, vertex),
    (a, b) => graph.compare(a, b),
  );
  await client.query("DELETE FROM analytics.anchor_works");
  let written = 0;
  let page: object[] = [];
  const flush = async () => {
    await client.query(insert, [JSON.stringify(page)]);
    written += page.length;
    page = [];
  };
  for (let vertex = 0; vertex < graph.size; vertex++) {
    const anchored = degreeWithin(graph.citedBy, vertex, undefined, true);
    const anchors = degreeWithin(graph.references, vertex, undefined, true);
    if (anchored + anchors === 0) continue;
    const following = next[vertex] as number;
    page.push({
      work_id: String(graph.workIdOf(vertex)),
      anchored,
      anchors,
      rank: scores[vertex],
      length: lengths[vertex],
      next_id: following < 0 ? null : String(graph.workIdOf(following)),
    });
    if (page.length === pageSize) await flush();
  }
  await flush();
  return written;
}

const insert = `INSERT INTO analytics.anchor_works (work, anchored_works, anchors, rank, chain_length, next_in_chain)
  SELECT w.key, r.anchored, r.anchors, r.rank, r.length, next.key
  FROM json_to_recordset($1) AS r(work_id bigint, anchored int, anchors int, rank float8, length int, next_id bigint)
    JOIN works AS w ON w.work_id = r.work_id LEFT JOIN works AS next ON next.work_id = r.next_id`;

function* anchorsOf({ references }: GraphVersion, vertex: number): Generator<number> {
  references.seek(vertex);
  const { cells, start, end } = references;
  for (let at = start; at < end; at++) {
    const cell = cells[at] as number;
    if ((cell & 1) === 1) yield cell >>> 1;
  }
}

/** By vertex, the submission time of its paper in microseconds since 1970; -Infinity if no paper is stored. */
async function readTimes(client: pg.ClientBase, graph: GraphVersion): Promise<Float64Array> {
  const times = new Float64Array(graph.size).fill(Number.NEGATIVE_INFINITY);
  // As text: JSON numbers are not as exact.
  const select = `SELECT w.work_id::text AS work_id, (extract(epoch FROM p.submitted_at) * 1000000)::bigint AS time
    FROM works AS w JOIN papers AS p ON p.paper_id = w.paper_id`;
  for await (const rows of readRows<{ work_id: string; time: number }>(client, select)) {
    for (const { work_id, time } of rows) times[graph.indexOf(BigInt(work_id))] = time;
  }
  return times;
}
