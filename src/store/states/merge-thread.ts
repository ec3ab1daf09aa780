import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { startThread } from "../start-thread.ts";
import type { BuiltDocument, DocumentParts } from "./build-document.ts";
import type { ThreadReply } from "./state-thread.ts";

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
export class TurnQueue<Lane extends string> {
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
export class MergeThread {
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;

  /** Rejects if the log cannot be merged or the thread ends; the next job then gets a new thread. */
  async build(parts: DocumentParts): Promise<BuiltDocument> {
    clearTimeout(this.#idle);
    const worker = this.#worker ?? startThread("store/states/state-thread.js");
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
