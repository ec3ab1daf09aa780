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

type Edge = { readonly citing: bigint; readonly cited: bigint; readonly isAnchor: boolean };

/** Writes citations as references, of one paper for each citing work. */
export async function writeCitations(
  client: Parameters<typeof insertRows>[0],
  edges: readonly Edge[],
): Promise<void> {
  await client.query(
    `INSERT INTO papers (paper_id, pith_number, canonical_sha256, work_id, source_kind, source_id, submitted_at,
       cross_categories, authors, record_standing, proof, claim_count, references_known, internal_anchors_known,
       state_sha256, event_count, valid_event_count, equivocation_count, record_hash, receipt, title_binding,
       claims_hash, references_hash, published_state_hash)
     SELECT id, 'pith:' || id, '', id, 'arxiv', id, $2, '{}', '{}', 'signed', 'signed',
       0, 0, 0, '', 1, 1, 0, 'PASSED', 'PASSED', 'PASSED', 'PASSED', 'PASSED', 'PASSED'
     FROM unnest($1::bigint[]) AS id`,
    [[...new Set(edges.map(({ citing }) => citing))], submittedAt],
  );
  await insertRows(
    client,
    "references",
    [
      "paper_id",
      "cited_work_id",
      "submitted_at",
      "ordinal",
      "ref_index",
      "is_internal_anchor",
      "has_arxiv_id",
    ],
    edges.map(({ citing, cited, isAnchor }, index) => [
      citing,
      cited,
      submittedAt,
      index,
      index + 1,
      isAnchor,
      true,
    ]),
  );
}

const submittedAt = "2000-01-01T00:00:00Z";

/** Replaces all works and citations by a graph, in the caller's transaction if there is one. */
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
  await client.query('DELETE FROM "references"');
  await client.query("DELETE FROM papers");
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
  await writeCitations(client, naive.edges);
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
