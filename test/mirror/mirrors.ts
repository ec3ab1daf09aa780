import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type DocumentResult, ingestBatch } from "../../src/ingest/index.ts";
import {
  canonicalJson,
  type JsonObject,
  type PithNumber,
  type Proof,
  parseJson,
  suffixOf,
} from "../../src/protocol/index.ts";
import { createApp } from "../../src/server/index.ts";
import { type FeedPosition, readFeedHead } from "../../src/store/feed.ts";
import { type Database, mergeLog, readLogs } from "../../src/store/index.ts";
import {
  createFetcher,
  createUrlPolicy,
  defaultFetchLimits,
  type Fetcher,
  type FetchLimits,
  type SyncOptions,
  type SyncSummary,
  syncMirror,
} from "../../src/sync/index.ts";
import { documentOf, type SyntheticDocument, type SyntheticPaper } from "../api/fixtures/documents.ts";
import {
  author,
  entryOf,
  keyring,
  registry,
  signedEvent,
  stateBody,
  unsignedEvent,
  withStateSha256,
} from "../protocol/signed-events.ts";

export type Listening = { readonly url: string; close(): Promise<void> };

/** A server on a free loopback port. Closing it destroys its connections. */
export async function listen(handle: RequestListener): Promise<Listening> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, close };
}

/** A mirror over a database, and the paths requested of it. `intercept` may answer first, and then returns true. */
export async function serveMirror(
  database: Database,
  intercept: (...args: Parameters<RequestListener>) => boolean = () => false,
  logError?: (message: string, error: unknown) => void,
): Promise<Listening & { readonly requests: string[] }> {
  const app = createApp({ database, ...(logError === undefined ? {} : { logError }) });
  const requests: string[] = [];
  const server = await listen((request, response) => {
    requests.push(request.url ?? "");
    if (!intercept(request, response)) app.handle(request, response);
  });
  const close = async () => {
    await server.close();
    await app.close();
  };
  return { url: server.url, close, requests };
}

export function localFetcher(limits: Partial<FetchLimits> = {}): Fetcher {
  return createFetcher({ policy: localPolicy, limits: { ...defaultFetchLimits, ...limits } });
}

export const localPolicy = createUrlPolicy(["127.0.0.1"]);

/** Retries without delays, neither between attempts nor for a Retry-After. */
export const atOnce = { attempts: 2, baseDelay: 0, maximumDelay: 0, maximumPause: 0 };

export type SyncResult = SyncSummary & { readonly refusals: DocumentResult[]; readonly notices: string[] };

/** Follows a mirror to its end once, with the test keys. */
export async function follow(
  database: Database,
  baseUrl: string,
  options: Partial<SyncOptions> = {},
): Promise<SyncResult> {
  const fetcher = options.fetcher ?? localFetcher();
  const refusals: DocumentResult[] = [];
  const notices: string[] = [];
  try {
    const summary = await syncMirror(database, {
      baseUrl,
      fetcher,
      policy: localPolicy,
      retry: atOnce,
      keyring,
      minimumProof: "hash",
      maximumBytes: 1_000_000,
      onRejection: (result) => refusals.push(result),
      onNotice: (line) => notices.push(line),
      ...options,
    });
    return { ...summary, refusals, notices };
  } finally {
    fetcher.close();
  }
}

export async function ingestTexts(
  database: Database,
  texts: readonly string[],
  minimumProof: Proof = "hash",
): Promise<void> {
  const deliveries = texts.map((text, index) => ({ source: `test:${index}`, bytes: Buffer.from(text) }));
  const results = await ingestBatch(database, deliveries, {
    keyring,
    minimumProof,
    maximumBytes: 1_000_000,
  });
  for (const { rejection } of results) if (rejection !== null) throw new Error(rejection.message);
}

/** The hash of each paper's state, merged from the log. */
export async function statesOf(database: Database): Promise<Record<string, string>> {
  const { rows } = await database.pool.query<{ paper_id: string; pith_number: PithNumber }>(
    "SELECT paper_id, pith_number FROM records ORDER BY pith_number",
  );
  const logs = await readLogs(
    database.db,
    rows.map((row) => BigInt(row.paper_id)),
  );
  return Object.fromEntries(
    rows.map((row) => [row.pith_number, mergeLog(row.pith_number, logs.get(BigInt(row.paper_id))).sha256]),
  );
}

export function headOf({ db }: Database): Promise<FeedPosition> {
  return readFeedHead(db);
}

/** The source and code of each document in quarantine. */
export async function quarantineOf({ pool }: Database): Promise<{ source: string; code: string }[]> {
  const { rows } = await pool.query<{ source: string; code: string }>(
    "SELECT source, code FROM quarantine ORDER BY source, code",
  );
  return rows;
}

/** The stored position up to which a mirror was followed. */
export async function cursorOf({ pool }: Database, baseUrl: string): Promise<number | null> {
  const { rows } = await pool.query<{ position: string }>(
    "SELECT position FROM followed_mirrors WHERE base_url = $1",
    [baseUrl],
  );
  return rows[0] === undefined ? null : Number(rows[0].position);
}

export function paper(index: number): SyntheticPaper {
  return {
    arxivId: `2301.${10000 + index}`,
    submittedAt: "2023-05-01T10:00:00Z",
    title: `Paper ${index}`,
  };
}

export function papers(count: number, start = 0): SyntheticDocument[] {
  return Array.from({ length: count }, (_, index) => documentOf(paper(start + index)));
}

export function pathOf({ pithNumber }: SyntheticDocument): string {
  return `/pith/${suffixOf(pithNumber)}/bundle.json`;
}

/** A bundle of the same paper with one other event, created at the given time. */
export function withAnchor(document: SyntheticDocument, createdAt: string): string {
  const bundle = parseJson(document.text) as JsonObject;
  const anchor = signedEvent(registry, {
    event_type: "timestamp_anchor",
    created_at: createdAt,
    subject_pith_number: document.pithNumber,
    payload: { at: createdAt },
  });
  return canonicalJson({ ...bundle, events: [anchor] });
}

/** A state of `pithNumber` with events, but without the record of the paper. */
export const stateOnlyText = canonicalJson(
  withStateSha256(
    stateBody({
      author_attestations: [entryOf(unsignedEvent(author, { event_type: "author_attestation" }))],
      timestamp_anchors: [entryOf(unsignedEvent(registry, { event_type: "timestamp_anchor" }))],
    }),
  ),
);
