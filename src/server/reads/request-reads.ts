import type { IncomingMessage } from "node:http";
import type { Context } from "../../api/context.ts";
import type { Position, ReadServer, ReadServers } from "../../store/replicas/index.ts";
import { carriedPosition } from "./position-header.ts";
import { type PreparedServer, prepareServer, type SharedReads } from "./prepared-server.ts";

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
