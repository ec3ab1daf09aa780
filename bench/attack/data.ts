import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { startBenchServer } from "../bench-server.ts";
import { runBulk } from "../bulk-run.ts";
import { bundleOf, corpusFile } from "../corpus.ts";
import type { Targets } from "./queries.ts";

/** Papers with very long lists of references, whose numbers arXiv never used. */
const largePaper = "hep-th/9901990";
const longPapers = Array.from({ length: 9 }, (_, index) => `hep-th/990199${index + 1}`);
const largeReferences = 30_000;
const longReferences = 3_000;

/** A database with hep-th, one paper with a state of megabytes, and some of half a megabyte. */
export async function withAttackedData(work: (url: string) => Promise<void>): Promise<void> {
  const corpus = await corpusFile([1]);
  const server = await startBenchServer();
  try {
    const { url, pool } = await server.createDatabase("hep_th");
    const site = { url, keyring: server.keyring, pool };
    const path = join(server.folder, "large.ndjson");
    writeFileSync(
      path,
      `${[largeBundle(largePaper, largeReferences), ...longPapers.map((id) => largeBundle(id, longReferences))].join("\n")}\n`,
    );
    await runBulk(site, corpus);
    await runBulk(site, path);
    await pool.query("ANALYZE");
    await work(url);
  } finally {
    await server.close();
  }
}

function largeBundle(id: string, references: number): string {
  const cited = Array.from({ length: references }, (_, index) => `hep-th/${9_000_000 + index}`);
  return JSON.stringify(bundleOf(id, cited, 1));
}

export async function readTargets(pool: pg.Pool): Promise<Targets> {
  const { rows } = await pool.query<{ value: string }>(
    `SELECT value FROM work_identifiers JOIN works USING (work_id) WHERE kind = 'arxiv' AND paper_id IS NOT NULL
     ORDER BY cited_by_count DESC, value LIMIT 210`,
  );
  return {
    works: rows.map(({ value }) => value),
    largePaper,
    longPapers,
    words: [
      "the",
      "paper",
      "hep",
      "th",
      "What",
      "says",
      "of",
      "in",
      "one",
      "sentence",
      "about",
      "as",
      "long",
    ],
  };
}
