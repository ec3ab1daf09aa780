import { type PreparedReads, prepareReads } from "../../api/context.ts";
import { RowCache } from "../../api/loaders/row-cache.ts";
import { type GraphService, startGraph } from "../../graph/index.ts";
import { DataVersion } from "../../store/data-version.ts";
import type { ReadServer } from "../../store/replicas/index.ts";
import type { PaperStates } from "../../store/states/index.ts";
import { graphOfReplica } from "./replica-graph.ts";

/** A server with what requests read through: statements prepared for it, and rows that are kept of it. */
export type PreparedServer = {
  readonly server: ReadServer;
  readonly version: DataVersion;
  readonly reads: PreparedReads;
};

/** What all servers that are read from share. */
export type SharedReads = {
  readonly graph: GraphService;
  readonly states: PaperStates;
  /** What rows of all servers may take, in characters. */
  readonly rowCacheSize: number;
};

/**
 * `graph` is that of the process, which follows the primary: where it holds edges in memory, they are asked whatever
 * server the rows come from.
 */
export function prepareServer(
  server: ReadServer,
  { graph, states, rowCacheSize }: SharedReads,
): PreparedServer {
  const { database, isReplica } = server;
  const isInTables = graph.status().adjacency === "sql";
  const ownGraph =
    isReplica && isInTables ? graphOfReplica(startGraph(database, { adjacency: "sql" }), graph) : graph;
  const version = new DataVersion(server, () => ownGraph.graphVersion());
  const kept = rowCacheSize > 0 ? new RowCache(version, rowCacheSize) : undefined;
  return { server, version, reads: prepareReads(database, ownGraph, { kept, states }) };
}
