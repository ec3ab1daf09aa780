import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { sql } from "drizzle-orm";
import { LRUCache } from "lru-cache";
import type { PithNumber } from "../protocol/index.ts";
import { startThread } from "../runtime/index.ts";
import { type BuiltDocument, buildDocument, type DocumentParts } from "./build-document.ts";
import type { Queries } from "./database.ts";
import type { LogText } from "./event-log.ts";
import type { ThreadReply } from "./merge-thread.ts";
import { bigintArray } from "./rows.ts";
import { events, records } from "./tables/index.ts";

/** Too many requests are waiting: retry later. */
export class QueueFullError extends Error {
  constructor() {
    super("Too many documents of large papers are being requested.");
    this.name = "QueueFullError";
  }
}

/**
 * Grants one turn at a time. Lanes alternate, each in the order of its requests, so that many requests in one lane
 * delay another lane by one turn only:
 *
 *     enter("a"), enter("a"), enter("a"), enter("b") // turns: a, b, a, a
 */
class TurnQueue<Lane extends string> {
  readonly #maxWaiting: number;
  readonly #lanes = new Map<Lane, Set<() => void>>();
  #isBusy = false;

  /** `maxWaiting`: the number of requests that may wait in each lane. */
  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Waits for a turn. Returns the function that ends it.
   *
   * @throws QueueFullError if too many requests wait in the lane; the signal's reason if it is aborted.
   */
  async enter(lane: Lane, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#isBusy) await this.#wait(lane, signal);
    this.#isBusy = true;
    let hasLeft = false;
    return () => {
      if (!hasLeft) this.#next();
      hasLeft = true;
    };
  }

  /** Number of waiting requests. */
  get waiting(): number {
    let count = 0;
    for (const { size } of this.#lanes.values()) count += size;
    return count;
  }

  #wait(lane: Lane, signal: AbortSignal | undefined): Promise<void> {
    const waiting = this.#lanes.get(lane) ?? new Set();
    this.#lanes.set(lane, waiting);
    if (waiting.size >= this.#maxWaiting) throw new QueueFullError();
    return new Promise((resolve, reject) => {
      const admit = () => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        waiting.delete(admit);
        reject(signal?.reason);
      };
      waiting.add(admit);
      signal?.addEventListener("abort", leave, { once: true });
    });
  }

  #next(): void {
    for (const [lane, waiting] of this.#lanes) {
      const [admit] = waiting;
      if (admit === undefined) continue;
      waiting.delete(admit);
      // Move the lane behind the others.
      this.#lanes.delete(lane);
      this.#lanes.set(lane, waiting);
      admit();
      return;
    }
    this.#isBusy = false;
  }
}

/** Milliseconds that the thread is kept idle; then it ends, which frees its memory. */
const idleMilliseconds = 10_000;

/** A thread for one job at a time. It starts with the first job, and does not keep the process alive while idle. */
class MergeThread {
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;

  /** Rejects if the log cannot be merged or the thread ends; the next job then gets a new thread. */
  async build(parts: DocumentParts): Promise<BuiltDocument> {
    clearTimeout(this.#idle);
    const worker = this.#worker ?? startThread("store/merge-thread.js");
    this.#worker = worker;
    worker.ref();
    const over = new AbortController();
    const { signal } = over;
    const ended = once(worker, "exit", { signal }).then(() => {
      throw new Error("The thread that merges large papers has ended.");
    });
    try {
      worker.postMessage(parts);
      const [reply] = (await Promise.race([once(worker, "message", { signal }), ended])) as [ThreadReply];
      if ("error" in reply) throw reply.error;
      worker.unref();
      this.#idle = setTimeout(() => void this.close(), idleMilliseconds);
      this.#idle.unref();
      const { text, applied } = reply.built;
      return { ...reply.built, text: bufferOf(text), applied: bufferOf(applied) };
    } catch (error) {
      void this.close();
      throw error;
    } finally {
      over.abort();
      ended.catch(() => {});
    }
  }

  /** Ends the thread; a running job rejects. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

function bufferOf(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The stored data of a paper, apart from its events. */
export type PaperHead = {
  readonly pithNumber: PithNumber;
  /** Hash of the merged state. */
  readonly sha256: string;
  /** The record's text; null if no document contained it. An event may still contain it. */
  readonly record: string | null;
  /** Total size of the paper's events, in bytes. */
  readonly logBytes: number;
};

/** In one statement. Papers of which nothing is stored have no entry. */
export async function readPaperHeads(
  db: Queries,
  paperIds: readonly bigint[],
): Promise<Map<bigint, PaperHead>> {
  const ids = bigintArray(paperIds);
  const { rows } = await db.execute<{
    paper_id: string;
    pith_number: PithNumber;
    sha256: string;
    record: string | null;
    bytes: string | null;
  }>(
    sql`SELECT paper_id, ${records.pithNumber}, encode(${records.stateSha256}, 'hex') AS sha256, ${records.record},
          sizes.bytes
        FROM ${records} LEFT JOIN (
          SELECT ${events.paperId}, sum(octet_length(${events.body})) AS bytes
          FROM ${events} WHERE ${events.paperId} = ANY(${ids}::bigint[]) GROUP BY ${events.paperId}
        ) AS sizes USING (paper_id)
        WHERE ${records.paperId} = ANY(${ids}::bigint[])`,
  );
  return new Map(
    rows.map(({ paper_id, pith_number, sha256, record, bytes }) => [
      BigInt(paper_id),
      { pithNumber: pith_number, sha256, record, logBytes: Number(bytes ?? 0) },
    ]),
  );
}

/** Log size in bytes up to which a merge takes a few milliseconds. Larger logs are merged in a thread. */
const maxInlineLogBytes = 128 * 1024;
/** Maximum requests per reader that wait for documents of large papers. */
const maxWaiting = 64;
/** Size of the cache of states, in bytes. */
const maxCachedBytes = 64 * 1024 * 1024;

/** The readers of documents: neither delays the other by more than one document. */
export type StateReader = "graphql" | "mirror";

export type DocumentRequest = Pick<DocumentParts, "document" | "pithNumber"> & {
  /** As currently stored. */
  readonly head: Pick<PaperHead, "sha256" | "record" | "logBytes">;
  readonly reader: StateReader;
  /** Aborting it cancels a waiting request. */
  readonly signal?: AbortSignal | undefined;
  /** Called when it is this request's turn, so that waiting requests use no memory for their logs. */
  readonly readLog: () => Promise<LogText | undefined>;
};

/** Whether a paper's log is too large to be merged on the event loop. */
export function isLargePaper({ logBytes }: Pick<PaperHead, "logBytes">): boolean {
  return logBytes > maxInlineLogBytes;
}

/**
 * Builds the documents of papers. Those of large papers are built one at a time, in a separate thread, so that other
 * requests are not blocked; their states are cached by hash.
 */
export class PaperStates {
  readonly #states = new LRUCache<string, BuiltDocument>({
    maxSize: maxCachedBytes,
    maxEntrySize: maxCachedBytes / 8,
  });
  readonly #queue = new TurnQueue<StateReader>(maxWaiting);
  readonly #thread = new MergeThread();
  readonly #buildInline: typeof buildDocument;

  /** `buildInline` builds the documents of small papers, in the caller's thread. */
  constructor(buildInline = buildDocument) {
    this.#buildInline = buildInline;
  }

  /** Number of requests that wait for documents of large papers. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /** @throws QueueFullError if too many requests wait; the signal's reason; the rejection of `readLog`. */
  async build(request: DocumentRequest): Promise<BuiltDocument> {
    const cached = this.#cached(request);
    if (cached !== undefined) return cached;
    if (!isLargePaper(request.head)) return this.#buildInline(await partsOf(request));
    const leave = await this.#queue.enter(request.reader, request.signal);
    try {
      request.signal?.throwIfAborted();
      // An earlier request in the queue may have built the same state.
      return this.#cached(request) ?? (await this.#buildLarge(request));
    } finally {
      leave();
    }
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }

  #cached({ document, pithNumber, head }: DocumentRequest): BuiltDocument | undefined {
    return document === "state" ? this.#states.get(`${pithNumber} ${head.sha256}`) : undefined;
  }

  async #buildLarge(request: DocumentRequest): Promise<BuiltDocument> {
    const built = await this.#thread.build(await partsOf(request));
    const { document, pithNumber } = request;
    if (document === "state") {
      const size = (built.text?.length ?? 0) + (built.applied?.length ?? 0) + 1;
      this.#states.set(`${pithNumber} ${built.sha256}`, built, { size });
    }
    return built;
  }
}

async function partsOf({ document, pithNumber, head, readLog }: DocumentRequest): Promise<DocumentParts> {
  return { document, pithNumber, log: await readLog(), record: head.record };
}
