import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { defaultUnreadBytes, unreadBytesOfConnection } from "../config/index.ts";
import { type ConnectionEnd, endedConnections } from "../runtime/channels.ts";

/** What clients that do not read may keep of a server's memory. */
export type ConnectionLimits = {
  /** Bytes of unread answers on all connections together. */
  readonly totalBytes: number;
  /** Bytes of unread answers on one connection. */
  readonly connectionBytes: number;
  /** Milliseconds in which a client must read 64 KiB, or all there is. */
  readonly unreadMilliseconds: number;
  /** Milliseconds between two looks at all connections. */
  readonly lookMilliseconds: number;
  /** Requests that may wait on a connection for the one before them to be answered (HTTP pipelining). */
  readonly pipelinedRequests: number;
};

/** Progress of a client: less than this within `unreadMilliseconds` is none, unless it has read everything. */
const minRead = 64 * 1024;

const minute = 60_000;

/** The limits for so many bytes in all: one connection may have a quarter of them. */
export function connectionLimits(totalBytes: number): ConnectionLimits {
  return {
    totalBytes,
    connectionBytes: unreadBytesOfConnection(totalBytes),
    unreadMilliseconds: minute,
    lookMilliseconds: 1_000,
    pipelinedRequests: 100,
  };
}

/** Of libuv's stream: bytes given to it, and those of them that the kernel has not taken yet. */
type Handle = { readonly bytesWritten?: number; readonly writeQueueSize?: number };

/** One connection: what its client has left unread, and the requests that wait on it for their turn. */
export class Connection {
  readonly socket: Socket;
  /** Requests behind the one that is being answered. */
  readonly waiting: (() => void)[] = [];
  isAnswering = false;
  /** When its client last made progress, by the clock of `performance`. */
  readAt = performance.now();
  #sent = 0;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Bytes of answers that this process keeps for it. What the kernel has taken is not counted. */
  get unreadBytes(): number {
    return this.socket.writableLength;
  }

  /** Notes whether the client has read since the last look, and gives the bytes it has left unread. */
  look(now: number): number {
    const { unreadBytes } = this;
    const sent = this.#sentBytes();
    if (unreadBytes === 0 || sent - this.#sent >= minRead) {
      this.readAt = now;
      this.#sent = sent;
    }
    return unreadBytes;
  }

  /**
   * Bytes that the kernel has taken. A large answer is one write, of which `Socket` only tells the end: a client that
   * reads it slowly is told from one that does not read by the queue of the stream below.
   */
  #sentBytes(): number {
    const { _handle: handle } = this.socket as { _handle?: Handle | null };
    return (handle?.bytesWritten ?? 0) - (handle?.writeQueueSize ?? 0);
  }
}

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
