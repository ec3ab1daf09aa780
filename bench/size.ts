import { parseArgs } from "node:util";
import { buildIfNeeded } from "../bin/build.js";
import { startGraph } from "../src/graph/index.ts";
import { copyCitations } from "../src/store/distribute.ts";
import { createPlainSchema } from "./api/plain-schema.ts";
import { startBenchServer } from "./bench-server.ts";
import { reportProgress, runBulk } from "./bulk-run.ts";
import { corpusFile } from "./corpus.ts";
import { corpusDatabase } from "./large-corpus/database.ts";
import { largeSize, sizeOf } from "./large-corpus/network.ts";
import { installPeers } from "./peers/install.ts";
import { type Counts, printSizes } from "./size/arithmetic.ts";
import { measureMemory } from "./size/memory.ts";
import { printReferenceCosts } from "./size/references.ts";
import { tableSizes } from "./size/table-sizes.ts";

/**
 * `npm run bench -- size [disk] [memory] [--papers N] [--data DIR]`: the size of a paper, a claim, a reference, a work
 * and an edge of hep-th on disk and in memory, and of an edge's copies in distributed tables; and the resulting sizes
 * for all of arXiv and for OpenAlex. Then the memory of the server with the large corpus of `bench -- api`. Defaults to
 * both parts.
 */
export async function run(given: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: { papers: { type: "string" }, data: { type: "string" } },
  });
  const wants = (part: string) => positionals.length === 0 || positionals.includes(part);
  buildIfNeeded();
  if (wants("disk")) await measureDisk();
  if (wants("memory")) {
    const size = values.papers === undefined ? largeSize : sizeOf(Number(values.papers));
    // The load runs on the peers' Node.js.
    installPeers();
    const server = await startBenchServer(values.data);
    try {
      const database = await corpusDatabase(server, size, reportProgress);
      await createPlainSchema(database.pool, reportProgress);
      await measureMemory(database, size);
    } finally {
      await server.close();
    }
  }
}

async function measureDisk(): Promise<void> {
  const corpus = await corpusFile([1]);
  const server = await startBenchServer();
  try {
    const database = await server.createDatabase("size");
    await runBulk({ url: database.url, keyring: server.keyring, pool: database.pool }, corpus);
    await database.pool.query("VACUUM (ANALYZE)");
    await printReferenceCosts(database.pool, "as ingested");
    const ingested = await tableSizes(database.pool);
    // Without the dead rows of the ingest, and with full pages.
    await database.pool.query("VACUUM (FULL, ANALYZE)");
    await printReferenceCosts(database.pool, "after VACUUM FULL");
    const sizes = await tableSizes(database.pool);
    const { rows } = await database.pool.query<Counts>(
      `SELECT (SELECT count(*)::int FROM papers) AS papers, (SELECT count(*)::int FROM claims) AS claims,
         (SELECT count(*)::int FROM "references") AS references, (SELECT count(*)::int FROM works) AS works,
         (SELECT value::int FROM totals WHERE name = 'citations') AS edges, (SELECT count(*)::int FROM events) AS events`,
    );
    const counts = rows[0] as Counts;
    const graph = startGraph(database);
    try {
      await graph.waitUntilLoaded();
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
