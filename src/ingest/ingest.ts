import type { Database } from "../store/index.ts";
import { FirstLoad, type FirstLoadOptions } from "./first-load.ts";
import { batchesPerThread, type IngestThreads } from "./ingest-threads.ts";
import { ingestBatch } from "./pipeline.ts";
import { countDocument, type DocumentResult, emptyIngestSummary, type IngestSummary } from "./results.ts";
import type { AdmissionPolicy, SourceDocument } from "./verify.ts";

export type IngestOptions = AdmissionPolicy & {
  /** Documents per batch; a batch also ends at 8 MB. Defaults to 25 for the first batch, doubling to 600. */
  readonly batchDocuments?: number;
  /** Threads that verify and write in parallel. Without them, everything runs in this thread. */
  readonly threads?: IngestThreads;
  /**
   * Permits a first load: many documents for a nearly empty database are imported without the indexes that only readers
   * use, which are built at the end. Without it, all indexes are kept.
   */
  readonly firstLoad?: FirstLoadOptions;
  /** Stops the ingest gracefully: documents already read are written, no more are read. */
  readonly signal?: AbortSignal;
  /** Called after each committed batch. */
  readonly onBatch?: (summary: IngestSummary) => void;
  /** Called for each rejected document. */
  readonly onRejection?: (result: DocumentResult) => void;
};

/** A document takes ten times its bytes while it is parsed: this bounds the memory of large ones. */
const batchBytes = 8_000_000;
/** Each batch has twice as many documents as the previous one, up to the default: the database has work early. */
const firstBatchDocuments = 25;
const defaultBatchDocuments = 600;

/**
 * Verifies, merges and stores a stream of documents, one transaction per batch: a batch that is reported is committed.
 * Memory is bounded by the batches in progress, whatever the length of the stream.
 */
export async function ingest(
  database: Database,
  documents: AsyncIterable<SourceDocument>,
  options: IngestOptions,
): Promise<IngestSummary> {
  const { firstLoad, signal } = options;
  if (firstLoad === undefined) return ingestAll(database, documents, options, null);
  const load = await FirstLoad.open(database, firstLoad);
  try {
    const summary = await ingestAll(database, documents, options, load);
    if (!signal?.aborted) {
      await load.finish(signal).catch((error: unknown) => {
        if (!signal?.aborted) throw error;
      });
    }
    return summary;
  } finally {
    load.close();
  }
}

async function ingestAll(
  database: Database,
  documents: AsyncIterable<SourceDocument>,
  options: IngestOptions,
  load: FirstLoad | null,
): Promise<IngestSummary> {
  const summary = emptyIngestSummary();
  const { threads } = options;
  const maxBatches = threads?.maxBatches ?? batchesPerThread;
  const inProgress = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const write = async (batch: readonly SourceDocument[]) => {
    if (inProgress.size >= maxBatches) await Promise.race(inProgress);
    const writing = (threads?.ingestBatch(batch) ?? ingestBatch(database, batch, options))
      .then((results) => count(results, summary, options))
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => inProgress.delete(writing));
    inProgress.add(writing);
  };
  let read = 0;
  for await (const batch of inBatches(documents, options)) {
    if (failure !== undefined) break;
    read += batch.length;
    if (load?.isDue(read)) {
      await Promise.all(inProgress);
      await load.begin();
    }
    await write(batch);
  }
  await Promise.all(inProgress);
  if (failure !== undefined) throw failure.error;
  return summary;
}

async function* inBatches(
  documents: AsyncIterable<SourceDocument>,
  { batchDocuments, signal }: IngestOptions,
): AsyncGenerator<SourceDocument[]> {
  let batch: SourceDocument[] = [];
  let bytes = 0;
  let maxDocuments = batchDocuments ?? firstBatchDocuments;
  for await (const document of documents) {
    if (signal?.aborted) break;
    batch.push(document);
    bytes += "bytes" in document ? document.bytes.length : 0;
    if (batch.length >= maxDocuments || bytes >= batchBytes) {
      yield batch;
      maxDocuments = batchDocuments ?? Math.min(maxDocuments * 2, defaultBatchDocuments);
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
