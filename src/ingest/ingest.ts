import type { Database } from "../store/index.ts";
import { ingestBatch } from "./pipeline.ts";
import { countDocument, type DocumentResult, emptyIngestSummary, type IngestSummary } from "./results.ts";
import type { Delivered } from "./sources/index.ts";
import type { IngestThreads } from "./threads/index.ts";
import type { AdmissionPolicy } from "./verify.ts";

export type IngestOptions = AdmissionPolicy & {
  /** Documents per batch; a batch also ends at 16 MB. Defaults to 25 for the first batch, doubling to 600. */
  readonly batchDocuments?: number;
  /** Threads that verify and write in parallel. Without them, everything runs in this thread. */
  readonly threads?: IngestThreads;
  /** Stops the ingest gracefully: documents already read are written, no more are read. */
  readonly signal?: AbortSignal;
  /** Called after each committed batch. */
  readonly onBatch?: (summary: IngestSummary) => void;
  /** Called for each rejected document. */
  readonly onRejection?: (result: DocumentResult) => void;
};

const batchBytes = 16_000_000;
/** Each batch has twice as many documents as the previous one, up to the default: the database has work early. */
const firstBatchDocuments = 25;
const usualBatchDocuments = 600;
/** Batches in progress in one thread: while one waits for the database another is verified. */
const batchesAtOnce = 2;

/**
 * Verifies, merges and stores a stream of documents, one transaction per batch: a batch that is reported is committed.
 * Memory is bounded by the batches in progress, whatever the length of the stream.
 */
export async function ingest(
  database: Database,
  deliveries: AsyncIterable<Delivered>,
  options: IngestOptions,
): Promise<IngestSummary> {
  const summary = emptyIngestSummary();
  const { threads } = options;
  const most = threads?.batchesAtOnce ?? batchesAtOnce;
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const write = async (batch: readonly Delivered[]) => {
    if (underWay.size >= most) await Promise.race(underWay);
    const writing = (threads?.ingestBatch(batch) ?? ingestBatch(database, batch, options))
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
  for (const result of results) {
    countDocument(summary, result);
    if (result.rejection !== null) onRejection?.(result);
  }
  onBatch?.(summary);
}
