// What runs in a thread of a bulk ingest: the whole way from bytes to rows, over a connection of its own.
import { parentPort } from "node:worker_threads";
import { createKeyring } from "../../protocol/index.ts";
import { type Database, openDatabase } from "../../store/index.ts";
import type { DoorOptions } from "../arrival.ts";
import { takeIn } from "../take-in.ts";
import {
  type BatchRequest,
  batchesAtOnce,
  type PortableError,
  type ThreadData,
  type ThreadReply,
  type ThreadRequest,
} from "./messages.ts";

type Opened = { readonly database: Database; readonly door: DoorOptions };

let opened: Opened | undefined;

parentPort?.on("message", async (request: ThreadRequest) => {
  if (request === null) {
    await opened?.database.close();
    parentPort?.close();
  } else if ("open" in request) opened = open(request.open);
  else if (opened !== undefined) await takeBatch(opened, request);
});

function open({ connection, keyringEntries, minimumProof, maximumBytes }: ThreadData): Opened {
  return {
    database: openDatabase({ connection, maximumConnections: batchesAtOnce + 2 }),
    door: { keyring: createKeyring(keyringEntries), minimumProof, maximumBytes },
  };
}

async function takeBatch({ database, door }: Opened, { id, batch, memory }: BatchRequest): Promise<void> {
  let reply: ThreadReply;
  try {
    reply = { id, memory, results: await takeIn(database, batch, door) };
  } catch (error) {
    reply = { id, memory, error: portable(error) };
  }
  parentPort?.postMessage(reply, [memory]);
}

/** Errors lose their class and their own members between threads. */
function portable(error: unknown): PortableError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: "", code: undefined };
  const { code } = error as NodeJS.ErrnoException;
  return { name: error.name, message: error.message, stack: error.stack ?? "", code };
}
