import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { defaultUnreadBytes } from "../../config/index.ts";
import { type ConnectionEnd, endedConnections } from "../../runtime/channels.ts";
import { Connection } from "./connection.ts";
import { type ConnectionLimits, connectionLimits } from "./limits.ts";

/**
 * Bounds what a server keeps in memory for clients that do not read their answers, whatever the route. A connection
 * beyond a limit is destroyed: its unread answer ends in the middle, which clients notice by its length or its coding.
 *
 * Requests of one connection are answered one after the other, so that a connection never has more than one answer.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #connections = new Map<Socket, Connection>();
  #timer: NodeJS.Timeout | undefined;
  /** Unread bytes at the last look, and those of answers that ended since: never less than there are. */
  #atMost = 0;
  #isLooking = false;

  constructor(limits: ConnectionLimits = connectionLimits(defaultUnreadBytes)) {
    this.#limits = limits;
  }

  /** Bytes of unread answers, of all connections. */
  get unreadBytes(): number {
    let bytes = 0;
    for (const connection of this.#connections.values()) bytes += connection.unreadBytes;
    return bytes;
  }

  /** Follows the server's connections from now on, until it closes. */
  follow(server: Server): void {
    server.on("connection", (socket) => {
      this.#connections.set(socket, new Connection(socket));
      socket.once("close", () => this.#connections.delete(socket));
    });
    this.#timer = setInterval(() => this.#look(), this.#limits.lookMilliseconds);
    this.#timer.unref();
    server.once("close", () => clearInterval(this.#timer));
  }

  /** Answers a request once all before it on its connection are answered. */
  handle(request: IncomingMessage, response: ServerResponse, answer: RequestListener): void {
    const connection = this.#connections.get(request.socket);
    // Its connection is closed.
    if (connection === undefined) return;
    if (!connection.isAnswering) {
      this.#answer(connection, request, response, answer);
    } else if (connection.waiting.length < this.#limits.pipelinedRequests) {
      connection.waiting.push(() => this.#answer(connection, request, response, answer));
    } else {
      this.#end(connection, "pipelined requests");
    }
  }

  #answer(
    connection: Connection,
    request: IncomingMessage,
    response: ServerResponse,
    answer: RequestListener,
  ): void {
    connection.isAnswering = true;
    // All of the answer is with the socket.
    response.once("prefinish", () => this.#afterAnswer(connection));
    response.once("close", () => {
      connection.isAnswering = false;
      if (connection.socket.destroyed) connection.waiting.length = 0;
      else connection.waiting.shift()?.();
    });
    answer(request, response);
  }

  /** Large answers are counted at once: many may end between two looks. */
  #afterAnswer({ unreadBytes }: Connection): void {
    this.#atMost += unreadBytes;
    const { totalBytes, connectionBytes } = this.#limits;
    if (this.#isLooking || (this.#atMost <= totalBytes && unreadBytes <= connectionBytes)) return;
    this.#isLooking = true;
    // The socket is given what the kernel takes of it first.
    setImmediate(() => {
      this.#isLooking = false;
      this.#look();
    });
  }

  #look(): void {
    const { totalBytes, connectionBytes, unreadMilliseconds } = this.#limits;
    const now = performance.now();
    const behind: Connection[] = [];
    let total = 0;
    for (const connection of this.#connections.values()) {
      const unread = connection.look(now);
      if (unread === 0) continue;
      if (unread > connectionBytes) {
        this.#end(connection, "unread bytes");
      } else if (now - connection.readAt > unreadMilliseconds) {
        this.#end(connection, "unread too long");
      } else {
        total += unread;
        behind.push(connection);
      }
    }
    if (total > totalBytes) {
      behind.sort((one, other) => one.readAt - other.readAt);
      for (const connection of behind) {
        if (total <= totalBytes) break;
        total -= connection.unreadBytes;
        this.#end(connection, "unread bytes in all");
      }
    }
    this.#atMost = total;
  }

  #end({ socket, waiting }: Connection, reason: ConnectionEnd): void {
    waiting.length = 0;
    // What its parser still finds in the bytes that came is dropped.
    this.#connections.delete(socket);
    socket.destroy();
    endedConnections.publish(reason);
  }
}
