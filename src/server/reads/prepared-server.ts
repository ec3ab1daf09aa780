import { type PreparedReads, prepareReads } from "../../api/context.ts";
import { KeptRows } from "../../api/loaders/kept-rows.ts";
import { type GraphService, startGraph } from "../../graph/index.ts";
import type { ReadServer } from "../../store/replicas/index.ts";
import { DataVersion } from "../cache/data-version.ts";
import { graphOfReplica } from "./replica-graph.ts";

/** A server with what requests read through: statements prepared for it, and rows that are kept of it. */
export type PreparedServer = {
  readonly server: ReadServer;
  readonly version: DataVersion;
  readonly reads: PreparedReads;
};

/**
 * `graph` is that of the process, which follows the primary: where it holds edges in memory, they are asked whatever
 * server the rows come from. `rowCacheSize` is in characters.
 */
export function prepareServer(server: ReadServer, graph: GraphService, rowCacheSize: number): PreparedServer {
  const { database, isReplica } = server;
  const isInTables = graph.status().adjacency === "sql";
  const ownGraph =
    isReplica && isInTables ? graphOfReplica(startGraph(database, { adjacency: "sql" }), graph) : graph;
  const version = new DataVersion(server, ownGraph);
  const kept = rowCacheSize > 0 ? new KeptRows(() => version.read(), rowCacheSize) : undefined;
  return { server, version, reads: prepareReads(database, ownGraph, kept) };
}
