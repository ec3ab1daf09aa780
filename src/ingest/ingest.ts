import type { Database } from "../store/index.ts";
import type { DoorOptions } from "./arrival.ts";
import type { Delivered } from "./sources/files.ts";
import { type DocumentResult, takeIn } from "./take-in.ts";
import type { IngestThreads } from "./threads/ingest-threads.ts";

/** What an ingest has come to. */
export type IngestSummary = {
  documents: number;
  merged: number;
  unchanged: number;
  /** Documents refused as a whole, by code. */
  readonly rejected: Map<string, number>;
  /** Copies of events refused in documents that were let in, by reason. */
  readonly refusedEvents: Map<string, number>;
};

export type IngestOptions = DoorOptions & {
  /** A batch is written when it has so many documents, or 16 MB. Unless told it is 25 to begin with, and comes to be 600. */
  readonly batchDocuments?: number;
  /** Threads that verify and write side by side; without, everything runs in this one. */
  readonly threads?: IngestThreads;
  /** Ends the ingest in order: what was read is written, nothing more is read. */
  readonly signal?: AbortSignal;
  /** Called after each committed batch. */
  readonly onBatch?: (summary: IngestSummary) => void;
  /** Called for each document that was refused. */
  readonly onRejection?: (result: DocumentResult) => void;
};

const batchBytes = 16_000_000;
/** Each batch has twice as many documents as the one before, up to the usual: so the database soon has something to do. */
const firstBatchDocuments = 25;
const usualBatchDocuments = 600;
/** Batches under way in one thread: while one waits for the database another is verified. */
const batchesAtOnce = 2;

/**
 * Verifies, merges and stores a stream of documents, a batch a transaction: what a batch acknowledged is committed.
 * Memory is bounded by the batches under way, whatever the stream's length.
 */
export async function ingest(
  database: Database,
  deliveries: AsyncIterable<Delivered>,
  options: IngestOptions,
): Promise<IngestSummary> {
  const summary: IngestSummary = {
    documents: 0,
    merged: 0,
    unchanged: 0,
    rejected: new Map(),
    refusedEvents: new Map(),
  };
  const { threads } = options;
  const most = threads?.batchesAtOnce ?? batchesAtOnce;
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const write = async (batch: readonly Delivered[]) => {
    if (underWay.size >= most) await Promise.race(underWay);
    const writing = (threads?.takeIn(batch) ?? takeIn(database, batch, options))
      .then((results) => count(results, summary, options))
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => underWay.delete(writing));
    underWay.add(writing);
  };
  for await (const batch of inBatches(deliveries, options)) {
    if (failure !== undefined) break;
    await write(batch);
  }
  await Promise.all(underWay);
  if (failure !== undefined) throw failure.error;
  return summary;
}

async function* inBatches(
  deliveries: AsyncIterable<Delivered>,
  { batchDocuments, signal }: IngestOptions,
): AsyncGenerator<Delivered[]> {
  let batch: Delivered[] = [];
  let bytes = 0;
  let most = batchDocuments ?? firstBatchDocuments;
  for await (const delivery of deliveries) {
    if (signal?.aborted) break;
    batch.push(delivery);
    bytes += "bytes" in delivery ? delivery.bytes.length : 0;
    if (batch.length >= most || bytes >= batchBytes) {
      yield batch;
      most = batchDocuments ?? Math.min(most * 2, usualBatchDocuments);
      batch = [];
      bytes = 0;
    }
  }
  if (batch.length > 0) yield batch;
}

function count(
  results: readonly DocumentResult[],
  summary: IngestSummary,
  { onBatch, onRejection }: IngestOptions,
): void {
  summary.documents += results.length;
  for (const result of results) {
    if (result.status !== "rejected") summary[result.status]++;
    if (result.rejection !== null) {
      increment(summary.rejected, result.rejection.code);
      onRejection?.(result);
    }
    for (const { reason } of result.refused) increment(summary.refusedEvents, reason);
  }
  onBatch?.(summary);
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
