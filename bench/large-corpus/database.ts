import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { BenchDatabase, BenchServer } from "../bench-server.ts";
import { fillTables } from "./fill-tables.ts";
import { type CorpusSize, largeCorpus } from "./network.ts";

/** Increased when the corpus changes, so that older databases are filled again. */
const version = 1;
const schema = new URL("../../drizzle/0000_baseline.sql", import.meta.url);

/**
 * A database of the server with the corpus in our tables. One that an earlier run filled is used again, if the tables
 * are still the same.
 */
export async function corpusDatabase(
  server: BenchServer,
  size: CorpusSize,
  report: (step: string) => void,
): Promise<BenchDatabase> {
  const hash = createHash("sha256").update(readFileSync(schema)).digest("hex").slice(0, 16);
  const mark = `corpus ${version}: ${size.papers} papers, ${size.references} references, schema ${hash}`;
  return server.preparedDatabase(`corpus_${size.papers}`, mark, async (database) => {
    report(`Making the corpus of ${size.papers.toLocaleString("en-US")} papers`);
    const corpus = largeCorpus(size);
    const client = await database.pool.connect();
    await fillTables(client, corpus, report).finally(() => client.release(true));
  });
}
