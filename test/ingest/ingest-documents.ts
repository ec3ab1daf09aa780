import { readFileSync } from "node:fs";
import {
  type IngestOptions,
  type IngestSummary,
  ingest,
  type SourceDocument,
} from "../../src/ingest/index.ts";
import {
  createKeyring,
  decodeUtf8,
  type Keyring,
  type Proof,
  parseJson,
  parseKeyring,
  registryKey,
} from "../../src/protocol/index.ts";
import type { Database } from "../../src/store/index.ts";
import { keyring as testKeyring } from "../protocol/signed-events.ts";
import { readLines, readSample } from "../sample/committed-sample.ts";

const sampleEntries = parseKeyring(
  parseJson(decodeUtf8(readFileSync(new URL("../../sample/keyring.json", import.meta.url)))),
);

/** The sample's key and the registry's. */
export const sampleKeyring: Keyring = createKeyring([registryKey, ...sampleEntries]);

/** The documents of the sample, with at most `maxOfHepTh` of its largest file. */
export function sampleDocuments(maxOfHepTh = Number.POSITIVE_INFINITY): string[] {
  return [
    readSample("pith-2302.12192.state.json"),
    ...readLines("arxiv-2022-12.ndjson.gz"),
    ...readLines("forks.ndjson"),
    ...readLines("hep-th.ndjson.gz").slice(0, maxOfHepTh),
  ];
}

/** Texts or bytes as a source delivers them, each with its own name. */
export async function* deliver(documents: Iterable<string | Uint8Array>): AsyncGenerator<SourceDocument> {
  let nth = 0;
  for (const document of documents) {
    nth++;
    yield { source: `test:${nth}`, bytes: typeof document === "string" ? Buffer.from(document) : document };
  }
}

export function ingestDocuments(
  database: Database,
  documents: Iterable<string | Uint8Array> | AsyncIterable<SourceDocument>,
  options: Partial<IngestOptions> & { readonly keyring?: Keyring; readonly minimumProof?: Proof } = {},
): Promise<IngestSummary> {
  return ingest(database, Symbol.asyncIterator in documents ? documents : deliver(documents), {
    keyring: testKeyring,
    minimumProof: "hash",
    maximumBytes: 50_000_000,
    ...options,
  });
}
