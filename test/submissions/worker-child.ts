// A worker in a process of its own, to be killed. Tells on standard output when it listens, and each batch before its
// outcomes are committed.
import { runWorker } from "../../src/ingest/submissions/index.ts";
import { openDatabase } from "../../src/store/index.ts";
import { keyring } from "../protocol/signed-events.ts";

export type WorkerChildOptions = {
  readonly connection: string | { host: string; port: number; user: string; database: string };
  readonly batchDocuments: number;
};

const [, , argument = ""] = process.argv;
const { connection, batchDocuments } = JSON.parse(argument) as WorkerChildOptions;
await runWorker(openDatabase({ connection }), {
  keyring,
  batchDocuments,
  signal: new AbortController().signal,
  onListening: () => process.stdout.write("listening\n"),
  onBatch: (outcomes) => process.stdout.write(`${outcomes.length}\n`),
});
