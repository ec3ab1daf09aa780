import { Worker } from "node:worker_threads";

/**
 * Where the compiled files are. Node.js 20 starts no thread from a source, whatever loader runs the program: run from
 * its sources (by tests and benchmarks, which compile them first), it starts threads from what was compiled of them.
 */
const compiled = new URL(import.meta.url.endsWith(".ts") ? "../../dist/" : "../", import.meta.url);

/** Starts a thread; `entry` is its compiled file, as seen from there. */
export function startThread(entry: string, workerData?: unknown): Worker {
  return new Worker(new URL(entry, compiled), { workerData });
}
