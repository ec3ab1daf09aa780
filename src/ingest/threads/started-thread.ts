import { Worker } from "node:worker_threads";
import type { DocumentResult } from "../results.ts";
import type { Delivered } from "../sources/index.ts";
import { BatchMemory } from "./batch-memory.ts";
import type { ThreadData, ThreadReply, ThreadRequest } from "./messages.ts";

/** Compiled beside this file. */
const entry = new URL(`./ingest-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

type Waiting = {
  readonly resolve: (results: readonly DocumentResult[]) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * A thread of an ingest, with its batches in progress. It loads its code at once and is opened later, when its data is
 * known. A thread that was never opened does not keep the process alive.
 */
export class StartedThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #memory = new BatchMemory();
  #lastId = 0;
  #isAlive = true;
  readonly #ended: Promise<void>;

  constructor() {
    this.#worker = new Worker(entry);
    this.#worker.unref();
    this.#worker.on("message", (reply: ThreadReply) => this.#settle(reply));
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
    this.#worker.postMessage({ open: data } satisfies ThreadRequest);
  }

  /** Rejects with the database's error, or with the thread's error if it died. */
  ingestBatch(batch: readonly Delivered[]): Promise<readonly DocumentResult[]> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const { owned, memory } = this.#memory.own(batch);
      this.#worker.postMessage({ id, batch: owned, memory } satisfies ThreadRequest, [memory]);
    });
  }

  /** Ends the thread; no batch may be in progress. */
  async close(): Promise<void> {
    this.#worker.ref();
    if (this.#isAlive) this.#worker.postMessage(null satisfies ThreadRequest);
    await this.#ended;
  }

  #settle(reply: ThreadReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    this.#memory.giveBack(reply.memory);
    if ("results" in reply) waiting?.resolve(reply.results);
    else waiting?.reject(Object.assign(new Error(reply.error.message), reply.error));
  }

  #fail(error: unknown): void {
    this.#isAlive = false;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
