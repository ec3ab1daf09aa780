import type { BenchDatabase, BenchServer } from "../bench-server.ts";
import { type BulkRun, runBulk } from "../bulk-run.ts";
import { corpusFile } from "../corpus.ts";
import type { EdgeList } from "./edge-list.ts";

/** Ingests hep-th as signed bundles with `pith-graph ingest`. */
export async function ingestHepTh(database: BenchDatabase, { keyring }: BenchServer): Promise<BulkRun> {
  const corpus = await corpusFile([1]);
  const run = await runBulk({ url: database.url, keyring, pool: database.pool }, corpus);
  await database.pool.query("VACUUM (ANALYZE)");
  return run;
}

/** The graph in the tables, read row by row from the references, unlike the service's loading. */
export async function readTables({ pool }: BenchDatabase): Promise<EdgeList> {
  const works = await pool.query<[string]>({
    text: "SELECT work_id FROM works ORDER BY work_id",
    rowMode: "array",
  });
  const places = new Map(works.rows.map(([id], place) => [id, place]));
  const edges = await pool.query<[string, string]>({
    text: 'SELECT DISTINCT work_id, cited_work_id FROM papers JOIN "references" USING (paper_id)',
    rowMode: "array",
  });
  return {
    ids: BigUint64Array.from(works.rows, ([id]) => BigInt(id)),
    citing: Uint32Array.from(edges.rows, ([citing]) => places.get(citing) as number),
    cited: Uint32Array.from(edges.rows, ([, cited]) => places.get(cited) as number),
  };
}

/** The arXiv id of each work, by index. */
export async function readArxivIds({ pool }: BenchDatabase): Promise<string[]> {
  const { rows } = await pool.query<[string]>({
    text: "SELECT substr(key, 7) FROM works ORDER BY work_id",
    rowMode: "array",
  });
  return rows.map(([arxivId]) => arxivId);
}
