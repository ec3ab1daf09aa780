// A worker in a separate process that the test kills. Prints to standard output when it listens, and each batch before
// its outcomes are committed. Its argument is WorkerChildOptions as JSON.
import { writeSync } from "node:fs";
import { createKeyring } from "../../dist/protocol/index.js";
import { openDatabase } from "../../dist/store/index.js";
import { runWorker } from "../../dist/submissions/index.js";

const { url, keys, batchDocuments, hangAtBatch } = JSON.parse(process.argv[2]);
let batches = 0;
await runWorker(openDatabase({ connection: url }), {
  keyring: createKeyring(keys),
  batchDocuments,
  signal: new AbortController().signal,
  onListening: () => process.stdout.write("listening\n"),
  onBatch: (outcomes) => {
    // Written synchronously: the event loop may not run again.
    writeSync(1, `${outcomes.length}\n`);
    if (++batches === hangAtBatch) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
