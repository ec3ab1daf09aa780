// A worker in a process of its own, to be killed. Tells on standard output when it listens, and each batch before its
// outcomes are committed.
import { writeSync } from "node:fs";
import { runWorker } from "../../src/ingest/submissions/index.ts";
import { openDatabase } from "../../src/store/index.ts";
import { keyring } from "../protocol/signed-events.ts";

export type WorkerChildOptions = {
  readonly connection: string | { host: string; port: number; user: string; database: string };
  readonly batchDocuments: number;
  /** The batch at which it stops for good: documents taken in, outcomes not committed. */
  readonly hangAtBatch: number;
};

const [, , argument = ""] = process.argv;
const { connection, batchDocuments, hangAtBatch } = JSON.parse(argument) as WorkerChildOptions;
let batches = 0;
await runWorker(openDatabase({ connection }), {
  keyring,
  batchDocuments,
  signal: new AbortController().signal,
  onListening: () => process.stdout.write("listening\n"),
  onBatch: (outcomes) => {
    // At once, and not when the event loop comes to it: there it may never come.
    writeSync(1, `${outcomes.length}\n`);
    if (++batches === hangAtBatch) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
