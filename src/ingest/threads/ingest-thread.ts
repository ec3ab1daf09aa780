// What runs in a thread of a bulk ingest: the whole way from bytes to rows, over a connection of its own.
import { parentPort, workerData } from "node:worker_threads";
import { createKeyring } from "../../protocol/index.ts";
import { openDatabase } from "../../store/index.ts";
import { takeIn } from "../take-in.ts";
import {
  batchesAtOnce,
  type PortableError,
  type ThreadData,
  type ThreadReply,
  type ThreadRequest,
} from "./messages.ts";

const { connection, keyringEntries, minimumProof, maximumBytes } = workerData as ThreadData;
const database = openDatabase({ connection, maximumConnections: batchesAtOnce + 2 });
const door = { keyring: createKeyring(keyringEntries), minimumProof, maximumBytes };

parentPort?.on("message", async (request: ThreadRequest) => {
  if (request === null) {
    await database.close();
    parentPort?.close();
    return;
  }
  const { id, batch, memory } = request;
  let reply: ThreadReply;
  try {
    reply = { id, memory, results: await takeIn(database, batch, door) };
  } catch (error) {
    reply = { id, memory, error: portable(error) };
  }
  parentPort?.postMessage(reply, [memory]);
});

/** Errors lose their class and their own members between threads. */
function portable(error: unknown): PortableError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: "", code: undefined };
  const { code } = error as NodeJS.ErrnoException;
  return { name: error.name, message: error.message, stack: error.stack ?? "", code };
}
