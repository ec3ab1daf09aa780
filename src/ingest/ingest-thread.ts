// The code of a thread in a bulk ingest: from bytes to rows, on its own database connections.
import { parentPort } from "node:worker_threads";
import { createKeyring } from "../protocol/index.ts";
import { openDatabase } from "../store/index.ts";
import {
  type BatchRequest,
  batchesPerThread,
  type IngestReply,
  type IngestRequest,
  type PortableError,
  type ThreadData,
  type ThreadWatcher,
} from "./ingest-threads.ts";
import { ingestBatch } from "./pipeline.ts";
import type { DocumentResult } from "./results.ts";

type Opened = {
  ingestBatch(batch: BatchRequest["batch"]): Promise<readonly DocumentResult[]>;
  close(): Promise<void>;
};

let opened: Promise<Opened> | undefined;

parentPort?.on("message", async (request: IngestRequest) => {
  if (request === null) {
    await (await opened)?.close();
    parentPort?.close();
  } else if ("open" in request) opened = open(request.open);
  else await handleBatch(request);
});

async function open({ connection, watcher, keyringEntries, ...policy }: ThreadData): Promise<Opened> {
  const keyring = createKeyring(keyringEntries);
  // Before the database is opened, so that all its statements are traced.
  const unwatch =
    watcher === null ? async () => {} : ((await import(watcher)) as ThreadWatcher).watchThread();
  const database = openDatabase({ connection, maxConnections: batchesPerThread + 2 });
  return {
    ingestBatch: (batch) => ingestBatch(database, batch, { keyring, ...policy }),
    close: async () => {
      await database.close();
      await unwatch();
    },
  };
}

async function handleBatch({ id, batch, memory }: BatchRequest): Promise<void> {
  // If opening failed, the error has already ended the thread.
  const thread = await opened;
  if (thread === undefined) return;
  let reply: IngestReply;
  try {
    reply = { id, memory, results: await thread.ingestBatch(batch) };
  } catch (error) {
    reply = { id, memory, error: portable(error) };
  }
  parentPort?.postMessage(reply, [memory]);
}

/** Errors lose their class and their own properties between threads. */
function portable(error: unknown): PortableError {
  const { name, message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  const { code, table, constraint, detail } = error as Partial<PortableError>;
  return { name, message, stack, code, table, constraint, detail };
}
