import pg from "pg";
import { cryptography } from "../protocol/index.ts";
import type { Database } from "../store/index.ts";
import { type Arrival, type DoorOptions, type Rejection, receive } from "./arrival.ts";
import type { Delivered } from "./sources/files.ts";
import { type Outcome, writeBatch } from "./write/batch.ts";
import { CollisionError } from "./write/collision.ts";

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
  /** Ends the ingest in order: what was read is written, nothing more is read. */
  readonly signal?: AbortSignal;
  /** Called after each committed batch. */
  readonly onBatch?: (summary: IngestSummary) => void;
  readonly onRejection?: (rejection: Rejection) => void;
};

/** A batch is written when it has so many documents, or so many bytes. */
const batchDocuments = 500;
const batchBytes = 16_000_000;

/**
 * Verifies, merges and stores documents, a batch a transaction: what a batch acknowledged is committed. While one is
 * written the next is read and verified. Memory is bounded by two batches.
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
  let writing: Promise<void> = Promise.resolve();
  let batch: Batch = emptyBatch();
  const flush = async () => {
    const full = batch;
    batch = emptyBatch();
    await writing;
    writing = store(database, full, summary, options);
    // The loop may be waiting for its input when this fails; the failure is met at the next await.
    writing.catch(() => {});
  };
  for await (const delivery of deliveries) {
    if (options.signal?.aborted) break;
    const result = "unreadable" in delivery ? unreadable(delivery) : receive(delivery, options);
    if ("code" in result) batch.rejections.push(result);
    else batch.arrivals.push(result);
    batch.bytes += result.size;
    if (batch.arrivals.length + batch.rejections.length >= batchDocuments || batch.bytes >= batchBytes) {
      await flush();
    }
  }
  await flush();
  await writing;
  return summary;
}

type Batch = { readonly arrivals: Arrival[]; readonly rejections: Rejection[]; bytes: number };

function emptyBatch(): Batch {
  return { arrivals: [], rejections: [], bytes: 0 };
}

function unreadable({ source, code, unreadable }: Exclude<Delivered, { bytes: Uint8Array }>): Rejection {
  const sha256 = cryptography.sha256Text(`${code} ${source}`);
  return { source, size: 0, sha256, code, message: unreadable, bytes: new Uint8Array() };
}

async function store(
  database: Database,
  batch: Batch,
  summary: IngestSummary,
  { onBatch, onRejection }: IngestOptions,
): Promise<void> {
  const { outcomes, rejections } = await writeIsolating(database, batch.arrivals, batch.rejections);
  summary.documents += batch.arrivals.length + batch.rejections.length;
  for (const outcome of outcomes) {
    if (outcome !== "rejected") summary[outcome]++;
  }
  for (const rejection of rejections) {
    summary.rejected.set(rejection.code, (summary.rejected.get(rejection.code) ?? 0) + 1);
    onRejection?.(rejection);
  }
  for (const { document } of batch.arrivals) {
    for (const { reason } of document.refused) {
      summary.refusedEvents.set(reason, (summary.refusedEvents.get(reason) ?? 0) + 1);
    }
  }
  onBatch?.(summary);
}

type Written = { readonly outcomes: (Outcome | "rejected")[]; readonly rejections: readonly Rejection[] };

/**
 * Writes a batch; where the database cannot hold something in it, halves it until the document is found, which
 * goes to quarantine: it must not block the others. A fault of the database itself is thrown.
 */
async function writeIsolating(
  database: Database,
  arrivals: readonly Arrival[],
  rejections: readonly Rejection[],
): Promise<Written> {
  try {
    return { outcomes: await writeBatch(database, arrivals, rejections), rejections };
  } catch (error) {
    if (!isDocumentFault(error) || arrivals.length === 0) throw error;
    const [arrival] = arrivals;
    if (arrivals.length === 1 && arrival !== undefined) {
      const rejection = unstorable(arrival, error);
      await writeBatch(database, [], [...rejections, rejection]);
      return { outcomes: ["rejected"], rejections: [...rejections, rejection] };
    }
    const middle = arrivals.length >> 1;
    const left = await writeIsolating(database, arrivals.slice(0, middle), rejections);
    const right = await writeIsolating(database, arrivals.slice(middle), []);
    return {
      outcomes: [...left.outcomes, ...right.outcomes],
      rejections: [...left.rejections, ...right.rejections],
    };
  }
}

/** SQLSTATE classes: data exception, integrity violation, program limit exceeded. */
function isDocumentFault(error: unknown): error is Error {
  if (error instanceof CollisionError) return true;
  return error instanceof pg.DatabaseError && /^(?:22|23|54)/.test(error.code ?? "");
}

function unstorable({ source, size, bytes }: Arrival, error: Error): Rejection {
  return {
    source,
    size,
    sha256: cryptography.sha256Bytes(bytes),
    code: "NOT_STORABLE",
    message: `The document is valid, but cannot be stored: ${error.message}`,
    bytes,
  };
}
