import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";

/**
 * The folder of the compiled files. Node.js 20 cannot start a thread from TypeScript, whatever loader runs the program:
 * tests and benchmarks, which run the sources, compile them first and start threads from the result.
 */
const compiledFolder = new URL(import.meta.url.endsWith(".ts") ? "../../dist/" : "../", import.meta.url);

/** Starts a thread; `entry` is its compiled file, relative to that folder. */
export function startThread(entry: string, workerData?: unknown): Worker {
  return new Worker(new URL(entry, compiledFolder), { workerData });
}

/** The version in package.json, which is one folder up from both src/ and dist/. */
export const softwareVersion: string = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }
).version;
