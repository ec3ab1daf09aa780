import { Worker } from "node:worker_threads";
import { type KeyringEntry, keyringEntries, type Proof } from "../protocol/index.ts";
import type { Database, DatabaseOptions } from "../store/index.ts";
import type { DocumentResult } from "./results.ts";
import type { AdmissionPolicy, SourceDocument } from "./verify.ts";

/** Ingests batches in parallel. */
export type IngestThreads = {
  /** The maximum number of batches in progress; further calls wait. */
  readonly maxBatches: number;
  /**
   * Waits for a thread with free capacity. Rejects with the database's error, or with the thread's error if it died. A
   * new thread replaces a dead one.
   */
  ingestBatch(batch: readonly SourceDocument[]): Promise<readonly DocumentResult[]>;
  /** Ends the threads once all submitted batches are done. */
  close(): Promise<void>;
};

type ThreadOptions = {
  /** A thread that the caller has already started. */
  readonly first?: IngestThread;
  readonly watcher?: ThreadData["watcher"];
};

/**
 * Threads that verify and write in parallel, each with its own connections; at most `maxThreads` of them. They are started on
 * demand, so a small ingest starts only one.
 */
export function createIngestThreads(
  database: Database,
  policy: AdmissionPolicy,
  maxThreads: number,
  { first, watcher = null }: ThreadOptions = {},
): IngestThreads {
  const data: ThreadData = {
    connection: database.connection,
    keyringEntries: keyringEntries(policy.keyring),
    minimumProof: policy.minimumProof,
    maximumBytes: policy.maximumBytes,
    watcher,
  };
  const opened = (thread: IngestThread): IngestThread => {
    thread.open(data);
    return thread;
  };
  let threads = first === undefined ? [] : [opened(first)];
  const queue: (() => void)[] = [];
  const inProgress = new Set<Promise<unknown>>();

  /** The least loaded thread; a new one in preference to a busy one. Undefined if all are full. */
  const findThread = (): IngestThread | undefined => {
    threads = threads.filter(({ isAlive }) => isAlive);
    let best: IngestThread | undefined;
    for (const thread of threads) if (best === undefined || thread.load < best.load) best = thread;
    if (best !== undefined && (best.load === 0 || threads.length >= maxThreads)) {
      return best.load < batchesPerThread ? best : undefined;
    }
    const started = opened(new IngestThread());
    threads.push(started);
    return started;
  };
  const ingestBatch = async (batch: readonly SourceDocument[]): Promise<readonly DocumentResult[]> => {
    let thread = findThread();
    while (thread === undefined) {
      await new Promise<void>((resolve) => queue.push(resolve));
      thread = findThread();
    }
    try {
      return await thread.ingestBatch(batch);
    } finally {
      queue.shift()?.();
    }
  };
  return {
    maxBatches: maxThreads * batchesPerThread,
    ingestBatch(batch) {
      const ingesting = ingestBatch(batch).finally(() => inProgress.delete(ingesting));
      inProgress.add(ingesting);
      return ingesting;
    },
    async close() {
      await Promise.allSettled(inProgress);
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

/** Compiled beside this file. */
const entry = new URL(`./ingest-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/**
 * Sizes of a thread's heap. By default V8 lets a heap grow to four times what it needs before it collects all of it, up
 * to 4 GB. The smaller the limit, the smaller the multiple, and the more often it collects: below 2 GB it is two. The
 * limit itself leaves room for batches of large documents, whose objects take many times their bytes.
 */
const resourceLimits = { maxOldGenerationSizeMb: 1_900, maxYoungGenerationSizeMb: 48 };

type Waiting = {
  readonly resolve: (results: readonly DocumentResult[]) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * A thread of an ingest, with its batches in progress. It loads its code at once and is opened later, when its data is
 * known. A thread that was never opened does not keep the process alive.
 */
export class IngestThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #memory = new BatchMemory();
  #lastId = 0;
  #isAlive = true;
  readonly #ended: Promise<void>;

  constructor() {
    this.#worker = new Worker(entry, { resourceLimits });
    this.#worker.unref();
    this.#worker.on("message", (reply: IngestReply) => this.#resolve(reply));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#ended = new Promise((resolve) => {
      this.#worker.once("exit", () => {
        this.#fail(new Error("An ingest thread ended unexpectedly."));
        resolve();
      });
    });
  }

  /** The number of batches in progress. */
  get load(): number {
    return this.#waiting.size;
  }

  /** Whether the thread is running; a dead one accepts no more batches. */
  get isAlive(): boolean {
    return this.#isAlive;
  }

  open(data: ThreadData): void {
    this.#worker.ref();
    this.#worker.postMessage({ open: data } satisfies IngestRequest);
  }

  /** Rejects with the database's error, or with the thread's error if it died. */
  ingestBatch(batch: readonly SourceDocument[]): Promise<readonly DocumentResult[]> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const { documents, memory } = this.#memory.copy(batch);
      this.#worker.postMessage({ id, batch: documents, memory } satisfies IngestRequest, [memory]);
    });
  }

  /** Ends the thread; no batch may be in progress. */
  async close(): Promise<void> {
    this.#worker.ref();
    if (this.#isAlive) this.#worker.postMessage(null satisfies IngestRequest);
    await this.#ended;
  }

  #resolve(reply: IngestReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    this.#memory.release(reply.memory);
    if ("results" in reply) waiting?.resolve(reply.results);
    else waiting?.reject(Object.assign(new Error(reply.error.message), reply.error));
  }

  #fail(error: unknown): void {
    this.#isAlive = false;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Larger buffers are not reused; in bytes. */
const maxReusedBytes = 1 << 24;
const minBytes = 1 << 16;

/**
 * Buffers in which batches travel to a thread and back. They are reused, because the first access to newly allocated
 * memory is expensive.
 */
class BatchMemory {
  readonly #spares: ArrayBuffer[] = [];

  /** Copies documents into one transferable buffer: transferring each of them separately would cost more. */
  copy(batch: readonly SourceDocument[]): { documents: SourceDocument[]; memory: ArrayBuffer } {
    const sizes = batch.map((document) => ("bytes" in document ? document.bytes.length : 0));
    const memory = this.#allocate(sizes.reduce((sum, size) => sum + size, 0));
    let end = 0;
    const documents = batch.map((document, index): SourceDocument => {
      if (!("bytes" in document)) return document;
      const bytes = new Uint8Array(memory, end, sizes[index]);
      bytes.set(document.bytes);
      end += bytes.length;
      return { source: document.source, bytes };
    });
    return { documents, memory };
  }

  /** The caller must not use the buffer any more. */
  release(memory: ArrayBuffer): void {
    if (memory.byteLength > 0 && memory.byteLength <= maxReusedBytes) this.#spares.push(memory);
  }

  /** A buffer of at least `size` bytes. */
  #allocate(size: number): ArrayBuffer {
    const index = this.#spares.findIndex(({ byteLength }) => byteLength >= size);
    const [spare] = index < 0 ? [] : this.#spares.splice(index, 1);
    // The spare buffers are all too small, and would stay so.
    if (spare === undefined) this.#spares.length = 0;
    return spare ?? new ArrayBuffer(2 ** Math.ceil(Math.log2(Math.max(size, minBytes))));
  }
}

/** Batches in progress per thread: while one is written the next is verified. */
export const batchesPerThread = 2;

/** Data that a thread receives before its first batch. */
export type ThreadData = {
  readonly connection: DatabaseOptions["connection"];
  readonly keyringEntries: readonly KeyringEntry[];
  readonly minimumProof: Proof;
  readonly maximumBytes: number;
  /** The URL of a module that exports a `ThreadWatcher`, to trace the thread; null for none. */
  readonly watcher: string | null;
};

/** The exports of a module that traces a thread. */
export type ThreadWatcher = {
  /** Starts tracing; the returned function is called at the end. */
  watchThread(): () => Promise<void>;
};

/** A batch to ingest, and the buffer that contains its documents. */
export type BatchRequest = {
  readonly id: number;
  readonly batch: readonly SourceDocument[];
  readonly memory: ArrayBuffer;
};

/** The first message opens the thread; null ends it. */
export type IngestRequest = { readonly open: ThreadData } | BatchRequest | null;

/** The result of the batch with this id. Its buffer is returned for reuse. */
export type IngestReply = { readonly id: number; readonly memory: ArrayBuffer } & (
  | { readonly results: readonly DocumentResult[] }
  | { readonly error: PortableError }
);

export type PortableError = {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly code: string | undefined;
  /** If PostgreSQL refused a row: its table, and why. */
  readonly table: string | undefined;
  readonly constraint: string | undefined;
  readonly detail: string | undefined;
};
