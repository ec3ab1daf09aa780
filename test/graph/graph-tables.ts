import {
  appendGraphChanges,
  defaultGraphFeedLimits,
  type GraphFeedLimits,
} from "../../src/store/graph-feed.ts";
import { insertRows } from "../../src/store/rows.ts";
import type { TestDatabase } from "../database.ts";
import { NaiveGraph } from "./naive.ts";
import type { EdgeListGraph } from "./random-graph.ts";
import { changesBetween } from "./versions.ts";

/** Replaces the contents of `works` and `citations` by a graph, in the caller's transaction if there is one. */
export async function writeTables(
  client: Parameters<typeof insertRows>[0],
  graph: EdgeListGraph,
): Promise<void> {
  const naive = new NaiveGraph(graph);
  const citedBy = new Map<bigint, number>();
  const references = new Map<bigint, number>();
  for (const { citing, cited } of naive.edges) {
    references.set(citing, (references.get(citing) ?? 0) + 1);
    citedBy.set(cited, (citedBy.get(cited) ?? 0) + 1);
  }
  await client.query("DELETE FROM citations");
  await client.query("DELETE FROM works");
  await insertRows(
    client,
    "works",
    ["work_id", "key", "cited_by_count", "citing_paper_count", "reference_count"],
    naive.works.map((work) => [
      work,
      `work_id:${work}`,
      citedBy.get(work) ?? 0,
      0,
      references.get(work) ?? 0,
    ]),
  );
  await insertRows(
    client,
    "citations",
    ["citing_work_id", "cited_work_id", "is_internal_anchor"],
    naive.edges.map(({ citing, cited, isAnchor }) => [citing, cited, isAnchor]),
  );
}

/** Writes a graph and the changes to it into tables and feed in one transaction. Returns the feed's last position. */
export async function commitGraph(
  { pool }: TestDatabase,
  before: EdgeListGraph,
  after: EdgeListGraph,
  limits: Partial<GraphFeedLimits> = {},
): Promise<bigint> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await writeTables(client, after);
    const now = new Date().toISOString();
    await appendGraphChanges(client, changesBetween(before, after), now, {
      ...defaultGraphFeedLimits,
      ...limits,
    });
    const { rows } = await client.query<{ value: string }>(
      "SELECT value FROM totals WHERE name = 'graph_position'",
    );
    await client.query("COMMIT");
    return BigInt(rows[0]?.value ?? 0);
  } finally {
    client.release();
  }
}
