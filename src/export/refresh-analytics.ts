import type pg from "pg";
import {
  degreeWithin,
  GraphVersion,
  longestChains,
  Meter,
  pageRank,
  readGraphInSnapshot,
} from "../graph/index.ts";
import type { Database } from "../store/index.ts";
import { readSelectedRows } from "./copy-out.ts";
import { type ExportedSet, readSet } from "./snapshot.ts";

/** An arbitrary constant: concurrent refreshes wait for it. */
const refreshLock = 7_484_006;

type RefreshReport = {
  /** The version that the tables now have. */
  readonly set: ExportedSet;
  /** The rows written by table; null if all were of this version already. */
  readonly rows: Readonly<Record<string, number>> | null;
};

/**
 * Computes the stored tables of `analytics` (anchor_rates, field_anchors, anchor_works) from one snapshot, and replaces
 * the old ones in one transaction: readers see the old or the new, with their version in `analytics.refreshed`. Does
 * nothing if they are of this version already.
 */
export async function refreshAnalytics(
  { pool }: Pick<Database, "pool">,
  now: () => Date = () => new Date(),
): Promise<RefreshReport> {
  const client = await pool.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [refreshLock]);
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    await client.query("SET LOCAL work_mem = '64MB'");
    const set = await readSet(client);
    const current = await client.query("SELECT FROM analytics.refreshed WHERE version = $1", [set.version]);
    if (current.rowCount === 1) {
      await client.query("ROLLBACK");
      return { set, rows: null };
    }
    const rows: Record<string, number> = {};
    for (const [name, insert] of Object.entries(inserts)) {
      await client.query(`DELETE FROM analytics.${name}`);
      rows[name] = (await client.query(insert)).rowCount ?? 0;
    }
    rows["anchor_works"] = await writeAnchorWorks(client);
    await client.query("DELETE FROM analytics.refreshed");
    await client.query(
      `INSERT INTO analytics.refreshed (version, change_position, graph_position, checksum, refreshed_at)
       VALUES ($1, $2, $3, $4, $5)`,
      [set.version, set.changePosition, set.graphVersion, set.checksum, now().toISOString()],
    );
    await client.query("COMMIT");
    return { set, rows };
  } finally {
    // The end of the session releases the lock, and rolls back uncommitted work.
    client.release(true);
  }
}

const year = "extract(year FROM p.submitted_at AT TIME ZONE 'UTC')::int";
const category = "coalesce(p.primary_category, 'unknown')";

const inserts = {
  anchor_rates: `WITH counted AS (
      SELECT ${year} AS year, ${category} AS category, count(*)::int AS papers,
        count(internal_anchors_asserted)::int AS asserting, coalesce(sum(references_asserted), 0) AS references_asserted,
        sum(references_known) AS references_known, coalesce(sum(internal_anchors_asserted), 0) AS anchors_asserted,
        sum(internal_anchors_known) AS anchors_known
      FROM papers AS p GROUP BY 1, 2
    ), stored AS (
      SELECT ${year} AS year, ${category} AS category, count(*) AS stored
      FROM papers AS p JOIN "references" AS r ON r.paper_id = p.paper_id AND r.is_internal_anchor
        JOIN works AS w ON w.work_id = r.cited_work_id AND w.paper_id IS NOT NULL
      GROUP BY 1, 2
    )
    INSERT INTO analytics.anchor_rates
    SELECT year, category, papers, asserting, references_asserted, references_known, anchors_asserted, anchors_known,
      coalesce(stored, 0) FROM counted LEFT JOIN stored USING (year, category)`,
  field_anchors: `INSERT INTO analytics.field_anchors
    SELECT ${category}, ${year}, w.key, count(DISTINCT p.paper_id)::int
    FROM papers AS p JOIN "references" AS r ON r.paper_id = p.paper_id AND r.is_internal_anchor
      JOIN works AS w ON w.work_id = r.cited_work_id
    GROUP BY 1, 2, 3`,
} as const;

/** Rows of one statement. */
const pageSize = 5_000;

/**
 * Recomputes `analytics.anchor_works` in the transaction of this connection: each work's rank in the graph of internal
 * anchors. The graph is in memory for that time. Returns the number of rows.
 */
async function writeAnchorWorks(client: pg.ClientBase): Promise<number> {
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
  for await (const rows of readSelectedRows<{ work_id: string; time: number }>(client, select)) {
    for (const { work_id, time } of rows) times[graph.indexOf(BigInt(work_id))] = time;
  }
  return times;
}
