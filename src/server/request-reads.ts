import type { IncomingMessage } from "node:http";
import { type Context, type PreparedReads, prepareReads } from "../api/context.ts";
import { RowCache } from "../api/loaders/row-cache.ts";
import { type GraphService, questionNames, startGraph } from "../graph/index.ts";
import { DataVersion } from "../store/data-version.ts";
import {
  type Position,
  parsePosition,
  positionText,
  type ReadServer,
  type ReadServers,
} from "../store/replicas/index.ts";
import { isServerFault } from "../store/server-fault.ts";
import type { PaperStates } from "../store/states/index.ts";

/**
 * A place in the database's log. An answer that carries it has seen nothing later; a request that carries it is
 * answered with all that came before.
 */
const positionHeader = "pith-graph-position";

/** The position that a request carries; null where it carries none, undefined where it is no position. */
export function carriedPosition({ headers }: IncomingMessage): Position | null | undefined {
  const text = headers[positionHeader];
  if (text === undefined) return null;
  return parsePosition(String(text)) ?? undefined;
}

export const malformedPosition =
  "Pith-Graph-Position must be as an answer had it: two hexadecimal numbers with a slash between, like 16/B374D848.";

/** For an answer; pages of other origins may read it, too. */
export function positionHeaders(position: Position | null): Record<string, string> {
  if (position === null) return {};
  return {
    [positionHeader]: positionText(position),
    "access-control-expose-headers": "Pith-Graph-Position",
  };
}

/** A server with what requests read through: statements prepared for it, and rows that are kept of it. */
export type PreparedServer = {
  readonly server: ReadServer;
  readonly version: DataVersion;
  readonly reads: PreparedReads;
};

/** What all servers that are read from share. */
type SharedReads = {
  readonly graph: GraphService;
  readonly states: PaperStates;
  /** What rows of all servers may take, in characters. */
  readonly rowCacheSize: number;
};

/**
 * `graph` is that of the process, which follows the primary: where it holds edges in memory, they are asked whatever
 * server the rows come from.
 */
function prepareServer(server: ReadServer, { graph, states, rowCacheSize }: SharedReads): PreparedServer {
  const { database, isReplica } = server;
  const isInTables = graph.status().adjacency === "sql";
  const ownGraph =
    isReplica && isInTables ? graphOfReplica(startGraph(database, { adjacency: "sql" }), graph) : graph;
  const version = new DataVersion(server, () => ownGraph.graphVersion());
  const kept = rowCacheSize > 0 ? new RowCache(version, rowCacheSize) : undefined;
  return { server, version, reads: prepareReads(database, ownGraph, { kept, states }) };
}

type Ask = (input: unknown, budget?: unknown) => Promise<unknown>;

/**
 * A graph whose questions are answered from the tables of a replica. A question is a transaction of many statements:
 * one that is lost with the replica is asked again, of the primary.
 */
function graphOfReplica(replica: GraphService, primary: GraphService): GraphService {
  const asked: Record<string, Ask> = {};
  // Of the analyses the tables answer one.
  for (const name of [...questionNames, "topWorks"] as const) {
    const [here, there] = [replica[name] as Ask, primary[name] as Ask];
    asked[name] = async (input, budget) => {
      try {
        return await here(input, budget);
      } catch (error) {
        if (!isServerFault(error)) throw error;
        return there(input, budget);
      }
    };
  }
  return { ...replica, ...asked };
}

/** Which server each request is answered from, and how a client sees what it has written or seen before. */
export class RequestReads {
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
   * The server for a request: one that has come to the position that it carries; the primary where it carries none and
   * names who makes it, which may be somebody who has written. Of the others, those of one address (GET) get the same
   * one, so that what a cache between asks about again is found again.
   */
  choose(request: IncomingMessage): PreparedServer | Promise<PreparedServer> {
    const carried = carriedPosition(request) ?? null;
    if (carried !== null) return this.#servers.chooseAt(carried).then((server) => this.#prepared(server));
    if (request.headers.authorization !== undefined) return this.primary;
    return this.#prepared(this.#servers.choose(request.method === "GET" ? request.url : undefined));
  }

  /**
   * The position for an answer: of requests that carry one, or name who makes them, and only where there are replicas
   * that may be behind. Null where there is none to tell, also where the server cannot be asked any more.
   */
  async positionAfter(
    request: IncomingMessage,
    chosen: PreparedServer,
    { database }: Partial<Context>,
  ): Promise<Position | null> {
    if (this.#servers.count === 1) return null;
    const carried = carriedPosition(request) ?? null;
    if (carried === null && request.headers.authorization === undefined) return null;
    // Who has written has been read to from the primary since.
    const { server } = database === this.#servers.primary.database ? this.primary : chosen;
    try {
      const position = await server.position();
      return carried !== null && carried > position ? carried : position;
    } catch {
      return carried;
    }
  }

  /** Where the log of the primary ends; null where there are no replicas, or it does not answer. */
  async written(): Promise<Position | null> {
    if (this.#servers.count === 1) return null;
    return this.#servers.primary.position().catch(() => null);
  }

  #prepared(server: ReadServer): PreparedServer {
    if (!server.isReplica) return this.primary;
    const known = this.#replicas.get(server);
    if (known !== undefined) return known;
    const prepared = prepareServer(server, this.#shared);
    this.#replicas.set(server, prepared);
    return prepared;
  }
}
