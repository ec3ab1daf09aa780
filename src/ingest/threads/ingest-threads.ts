import { Worker } from "node:worker_threads";
import { keyringEntries } from "../../protocol/index.ts";
import type { Database } from "../../store/index.ts";
import type { DoorOptions } from "../arrival.ts";
import type { Delivered } from "../sources/files.ts";
import type { DocumentResult } from "../take-in.ts";
import type { ThreadData, ThreadReply, ThreadRequest } from "./messages.ts";

/** Takes batches in, several at once. */
export type IngestThreads = {
  /** Threads at most. */
  readonly count: number;
  /** Waits for a free thread; rejects with the database's own error, or with that of a thread that died. */
  takeIn(batch: readonly Delivered[]): Promise<readonly DocumentResult[]>;
  /** Ends the threads once they are done. */
  close(): Promise<void>;
};

/** Compiled beside this file. */
const entry = new URL(`./ingest-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

type Thread = { readonly worker: Worker; readonly ended: Promise<void> };

/**
 * Threads that verify and write side by side, each with its own connection: while one waits for PostgreSQL the
 * others verify. Started as they are needed, so that a small ingest starts one.
 */
export function createIngestThreads(database: Database, door: DoorOptions, most: number): IngestThreads {
  const data: ThreadData = {
    connection: database.connection,
    keyringEntries: keyringEntries(door.keyring),
    minimumProof: door.minimumProof,
    maximumBytes: door.maximumBytes,
  };
  const threads: Thread[] = [];
  const free: Thread[] = [];
  const waiting: ((thread: Thread) => void)[] = [];

  const start = (): Thread => {
    const worker = new Worker(entry, { workerData: data });
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    const thread = { worker, ended };
    threads.push(thread);
    return thread;
  };
  const acquire = async (): Promise<Thread> => {
    const idle = free.pop();
    if (idle !== undefined) return idle;
    if (threads.length < most) return start();
    return new Promise((resolve) => waiting.push(resolve));
  };
  const release = (thread: Thread): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(thread);
    else next(thread);
  };
  return {
    count: most,
    async takeIn(batch) {
      const thread = await acquire();
      try {
        return await ask(thread.worker, batch);
      } finally {
        release(thread);
      }
    },
    async close() {
      for (const { worker } of threads) worker.postMessage(null satisfies ThreadRequest);
      await Promise.all(threads.map(({ ended }) => ended));
    },
  };
}

type Owned =
  | Exclude<Delivered, { bytes: Uint8Array }>
  | { readonly source: string; readonly bytes: Uint8Array<ArrayBuffer> };

function ask(worker: Worker, batch: readonly Delivered[]): Promise<readonly DocumentResult[]> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      worker.off("message", onMessage);
      worker.off("error", onError);
      worker.off("exit", onExit);
      finish();
    };
    const onMessage = (reply: ThreadReply) =>
      settle(() =>
        "results" in reply
          ? resolve(reply.results)
          : reject(Object.assign(new Error(reply.error.message), reply.error)),
      );
    const onError = (error: unknown) => settle(() => reject(error));
    const onExit = () => settle(() => reject(new Error("A thread of the ingest ended unexpectedly.")));
    worker.on("message", onMessage);
    worker.on("error", onError);
    worker.on("exit", onExit);
    const copies = batch.map(owned);
    worker.postMessage(
      copies,
      copies.flatMap((delivery) => ("bytes" in delivery ? [delivery.bytes.buffer] : [])),
    );
  });
}

/** A document's bytes in a buffer of their own, to be handed over: small Buffers share one. */
function owned(delivery: Delivered): Owned {
  if (!("bytes" in delivery)) return delivery;
  return { source: delivery.source, bytes: new Uint8Array(delivery.bytes) };
}
