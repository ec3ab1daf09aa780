import type { Worker } from "node:worker_threads";
import type { PithNumber } from "../protocol/index.ts";
import type { LogRows } from "./log.ts";
import type { MergeReply, MergeRequest } from "./merge-thread.ts";
import { startThread } from "./start-thread.ts";

/** A state as it is shown: `text` is its canonical JSON. */
export type MergedText = { readonly applied: readonly string[]; readonly text: string };

type Waiting = { readonly resolve: (merged: MergedText) => void; readonly reject: (error: Error) => void };

/** How long the thread is kept when nothing is left to merge: its memory is given back then. */
const idleMilliseconds = 10_000;

let worker: Worker | null = null;
let nextId = 0;
let idle: NodeJS.Timeout | undefined;
const waiting = new Map<number, Waiting>();

/**
 * Merges a log in a thread, one at a time: parsing and hashing megabytes would stop the event loop. Rejects where the
 * thread ends or the log cannot be merged.
 */
export function mergeInThread(pithNumber: PithNumber, log: LogRows): Promise<MergedText> {
  clearTimeout(idle);
  worker ??= start();
  worker.ref();
  const request: MergeRequest = { id: nextId++, pithNumber, log };
  worker.postMessage(request);
  return new Promise((resolve, reject) => {
    waiting.set(request.id, { resolve, reject });
  });
}

function start(): Worker {
  const started = startThread("store/merge-thread.js");
  let cause: unknown;
  started.on("message", (reply: MergeReply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("error" in reply) asked?.reject(new Error(reply.error));
    else asked?.resolve(reply);
    if (waiting.size > 0 || worker !== started) return;
    started.unref();
    idle = setTimeout(() => end(started), idleMilliseconds);
    idle.unref();
  });
  started.on("error", (error) => {
    cause = error;
  });
  started.on("exit", () => {
    if (worker !== started) return;
    worker = null;
    for (const { reject } of waiting.values()) reject(new Error("The merging thread ended.", { cause }));
    waiting.clear();
  });
  return started;
}

function end(started: Worker): void {
  if (worker === started) worker = null;
  void started.terminate();
}
