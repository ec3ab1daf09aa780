// Entry point of the thread that loads the graph. It ends afterwards, which frees all memory that only loading needs.
import { parentPort, workerData } from "node:worker_threads";
import { type DatabaseOptions, guardedClients } from "../store/index.ts";
import { readGraph } from "./read-graph.ts";

const { connection } = workerData as { connection: DatabaseOptions["connection"] };
const Client = guardedClients();
const client = new Client(typeof connection === "string" ? { connectionString: connection } : connection);
await client.connect();
try {
  const graph = await readGraph(client);
  parentPort?.postMessage(graph.parts);
} finally {
  await client.end();
}
