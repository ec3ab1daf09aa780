import type { IncomingMessage } from "node:http";
import { type Context, currentSummaries, type PreparedReads, prepareReads, RowCache } from "../api/index.ts";
import { type GraphService, graphQueryNames, startGraph } from "../graph/index.ts";
import {
  DataVersion,
  formatWalPosition,
  isServerFault,
  type PaperStates,
  parseWalPosition,
  type ReadServer,
  type ReadServers,
  type WalPosition,
} from "../store/index.ts";

/**
 * A position in the database's log. An answer that carries it has seen nothing later; a request that carries it is
 * answered with everything up to it.
 */
const positionHeader = "pith-graph-position";

/** The position that a request carries; null if it carries none, undefined if it is malformed. */
export function requestedPosition({ headers }: IncomingMessage): WalPosition | null | undefined {
  const text = headers[positionHeader];
  if (text === undefined) return null;
  return parseWalPosition(String(text)) ?? undefined;
}

export const malformedPosition =
  "Pith-Graph-WalPosition must be the value of an earlier response: two hexadecimal numbers separated by a slash, like 16/B374D848.";

/** Headers for an answer; pages of other origins may read them, too. */
export function positionHeaders(position: WalPosition | null): Record<string, string> {
  if (position === null) return {};
  return {
    [positionHeader]: formatWalPosition(position),
    "access-control-expose-headers": "Pith-Graph-WalPosition",
  };
}

/** A server with what requests read through: its prepared statements and its cached rows. */
export type PreparedServer = {
  readonly server: ReadServer;
  readonly version: DataVersion;
  readonly reads: PreparedReads;
};

/** Shared by all servers that are read from. */
type SharedReads = {
  readonly graph: GraphService;
  readonly states: PaperStates;
  /** Size of the cached rows of all servers, in characters. */
  readonly rowCacheSize: number;
};

/**
 * `graph` is the graph of the process, which follows the primary. If it has edges in memory, it answers citation
 * queries whatever server the rows come from.
 */
function prepareServer(server: ReadServer, { graph, states, rowCacheSize }: SharedReads): PreparedServer {
  const { database, isReplica } = server;
  const isInTables = graph.status().adjacency === "sql";
  const ownGraph =
    isReplica && isInTables ? graphOfReplica(startGraph(database, { adjacency: "sql" }), graph) : graph;
  const version = new DataVersion(server, () => ownGraph.graphVersion());
  const cache = rowCacheSize > 0 ? new RowCache(version, rowCacheSize) : undefined;
  const summaries = currentSummaries(ownGraph, version);
  return { server, version, reads: prepareReads(database, ownGraph, { cache, summaries, states }) };
}

type Query = (input: unknown, budget?: unknown) => Promise<unknown>;

/**
 * A graph that answers queries from the tables of a replica. A query is a transaction of many statements: if it is lost
 * with the replica, the primary repeats it.
 */
function graphOfReplica(replica: GraphService, primary: GraphService): GraphService {
  const queries: Record<string, Query> = {};
  // Of the analyses, the tables can answer only this one.
  for (const name of [...graphQueryNames, "topWorks"] as const) {
    const [onReplica, onPrimary] = [replica[name] as Query, primary[name] as Query];
    queries[name] = async (input, budget) => {
      try {
        return await onReplica(input, budget);
      } catch (error) {
        if (!isServerFault(error)) throw error;
        return onPrimary(input, budget);
      }
    };
  }
  return { ...replica, ...queries };
}

/** Chooses the server for each request, and ensures that a client sees what it has written or read before. */
export class ReadRouter {
  readonly primary: PreparedServer;
  readonly #servers: ReadServers;
  readonly #shared: SharedReads;
  readonly #replicas = new WeakMap<ReadServer, PreparedServer>();

  constructor({ servers, ...shared }: SharedReads & { readonly servers: ReadServers }) {
    this.#servers = servers;
    this.#shared = { ...shared, rowCacheSize: shared.rowCacheSize / servers.count };
    this.primary = prepareServer(servers.primary, this.#shared);
  }

  /**
   * The server for a request: one that has reached the position that it carries; else the primary if the request has
   * credentials, since its client may have written before. GET requests of one URL go to the same server, so that a
   * cache's revalidation finds the same version again.
   */
  choose(request: IncomingMessage): PreparedServer | Promise<PreparedServer> {
    const requested = requestedPosition(request) ?? null;
    if (requested !== null) return this.#servers.chooseAt(requested).then((server) => this.#prepared(server));
    if (request.headers.authorization !== undefined) return this.primary;
    return this.#prepared(this.#servers.choose(request.method === "GET" ? request.url : undefined));
  }

  /**
   * The position for an answer, if the request carries one or has credentials, and there are replicas that may be
   * behind; else null. If the server no longer answers, it is the position that the request carries, if any.
   */
  async positionAfter(
    request: IncomingMessage,
    chosen: PreparedServer,
    { database }: Partial<Context>,
  ): Promise<WalPosition | null> {
    if (this.#servers.count === 1) return null;
    const requested = requestedPosition(request) ?? null;
    if (requested === null && request.headers.authorization === undefined) return null;
    // After a write, the request was read from the primary.
    const { server } = database === this.#servers.primary.database ? this.primary : chosen;
    try {
      const position = await server.position();
      return requested !== null && requested > position ? requested : position;
    } catch {
      return requested;
    }
  }

  /** The end of the primary's log; null if there are no replicas, or it does not answer. */
  async written(): Promise<WalPosition | null> {
    if (this.#servers.count === 1) return null;
    return this.#servers.primary.position().catch(() => null);
  }

  #prepared(server: ReadServer): PreparedServer {
    if (!server.isReplica) return this.primary;
    const cached = this.#replicas.get(server);
    if (cached !== undefined) return cached;
    const prepared = prepareServer(server, this.#shared);
    this.#replicas.set(server, prepared);
    return prepared;
  }
}
