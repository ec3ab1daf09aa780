import { fileURLToPath } from "node:url";
import { type FileSource, type IngestSummary, ingest, readSource } from "../ingest/index.ts";
import type { Keyring, Proof } from "../protocol/index.ts";
import type { Database } from "../store/index.ts";

/** A file of the sample, and the minimum proof of its events. */
const files: readonly (readonly [name: string, minimumProof: Proof])[] = [
  // The registry's own document: a state carries no signatures of events, only the record's receipt.
  ["pith-2302.12192.state.json", "hash"],
  ["arxiv-2022-12.ndjson.gz", "signed"],
  ["hep-th.ndjson.gz", "signed"],
  // Has an unsigned event beside signed ones.
  ["forks.ndjson", "hash"],
];

/** Small files in one transaction each, so that their events are in the order of their papers: docs/api.md shows it. */
const batchDocuments = 400;

function pathOf(name: string): string {
  return fileURLToPath(new URL(`../../sample/${name}`, import.meta.url));
}

/** The sample's key, trusted only if the sample is loaded. */
export const sampleKeyringPath = pathOf("keyring.json");

/** Whether the sample was loaded into this database. */
export async function isSampleLoaded({ pool }: Database): Promise<boolean> {
  const { rowCount } = await pool.query("SELECT 1 FROM settings WHERE name = 'sample'");
  return rowCount === 1;
}

type SampleOptions = {
  /** Stops the loading after the batch that is being written. */
  readonly signal: AbortSignal;
  readonly onBatch: (name: string, summary: IngestSummary) => void;
};

/** Imports the sample. If it is interrupted, the next start imports the rest. */
export async function loadSample(
  database: Database,
  keyring: Keyring,
  { signal, onBatch }: SampleOptions,
): Promise<void> {
  for (const [name, minimumProof] of files) {
    const source: FileSource = { name: pathOf(name), size: undefined };
    const deliveries = readSource(source, Number.POSITIVE_INFINITY, () => {});
    await ingest(database, deliveries, {
      keyring,
      minimumProof,
      maximumBytes: Number.POSITIVE_INFINITY,
      batchDocuments,
      signal,
      onBatch: (summary) => onBatch(name, summary),
    });
  }
  if (signal.aborted) return;
  await database.pool.query("INSERT INTO settings VALUES ('sample', 'loaded') ON CONFLICT DO NOTHING");
}
