import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { startThread } from "../start-thread.ts";
import type { BuiltDocument, DocumentParts } from "./build-document.ts";
import type { ThreadReply } from "./state-thread.ts";

/** How long the thread is kept without work: its memory is given back then. */
const idleMilliseconds = 10_000;

/** A thread for one job at a time. It starts with the first, and keeps no process alive while it has none. */
export class MergeThread {
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;

  /** Rejects where the log cannot be merged, or the thread ends; the next job gets a new one. */
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

  /** Ends the thread; a job that runs rejects. */
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
