import { buildIfNeeded } from "../bin/build.js";
import { startGraph } from "../src/graph/index.ts";
import { copyCitations } from "../src/store/distribute.ts";
import { startBenchServer } from "./bench-server.ts";
import { runBulk } from "./bulk-run.ts";
import { corpusFile } from "./corpus.ts";
import { type Counts, printSizes } from "./size/arithmetic.ts";
import { tableSizes } from "./size/table-sizes.ts";

/**
 * `npm run bench -- size`: the size of a paper, a claim, a reference, a work and an edge of hep-th on disk and in
 * memory, and of an edge's copies in distributed tables; and the resulting sizes for all of arXiv and for OpenAlex.
 */
export async function run(): Promise<void> {
  buildIfNeeded();
  const corpus = await corpusFile([1]);
  const server = await startBenchServer();
  try {
    const database = await server.createDatabase("size");
    await runBulk({ url: database.url, keyring: server.keyring, pool: database.pool }, corpus);
    await database.pool.query("VACUUM (ANALYZE)");
    const ingested = await tableSizes(database.pool);
    // Without the dead rows of the ingest, and with full pages.
    await database.pool.query("VACUUM (FULL, ANALYZE)");
    const sizes = await tableSizes(database.pool);
    const { rows } = await database.pool.query<Counts>(
      `SELECT (SELECT count(*)::int FROM papers) AS papers, (SELECT count(*)::int FROM claims) AS claims,
         (SELECT count(*)::int FROM "references") AS references, (SELECT count(*)::int FROM works) AS works,
         (SELECT count(*)::int FROM citations) AS edges, (SELECT count(*)::int FROM events) AS events`,
    );
    const graph = startGraph(database);
    try {
      await graph.waitUntilLoaded();
      const counts = rows[0] as Counts;
      const memory = graph.status().bytes;
      await copyCitations(database);
      const copies = ["citations_by_citing", "citations_by_cited"];
      await database.pool.query(`VACUUM (FULL, ANALYZE) ${copies.join(", ")}`);
      const copy = (await tableSizes(database.pool)).filter(({ table }) => copies.includes(table));
      printSizes({ ingested, tables: sizes, copy, counts, memory });
    } finally {
      await graph.close();
    }
  } finally {
    await server.close();
  }
}
