// Entry point of the thread that loads the graph. It ends afterwards, which frees all memory that only loading needs.
import { parentPort, workerData } from "node:worker_threads";
import { type DatabaseOptions, guardedClients } from "../store/index.ts";
import type { BaseParts } from "./base-graph.ts";
import { readGraph } from "./read-graph.ts";
import type { SummaryStoreParts } from "./summary-store.ts";

export type LoadRequest = Pick<DatabaseOptions, "connection"> & { readonly maxSummaryBytes: number };
/** Shared memory; `summaries` is null if none were requested. */
export type LoadedGraph = { readonly base: BaseParts; readonly summaries: SummaryStoreParts | null };

const { connection, maxSummaryBytes } = workerData as LoadRequest;
const Client = guardedClients();
const client = new Client(typeof connection === "string" ? { connectionString: connection } : connection);
await client.connect();
try {
  const { base, summaries } = await readGraph(client, maxSummaryBytes);
  const loaded: LoadedGraph = { base: base.parts, summaries: summaries?.parts ?? null };
  parentPort?.postMessage(loaded);
} finally {
  await client.end();
}
