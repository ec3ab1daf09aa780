import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { defaultUnreadBytes, unreadBytesOfConnection } from "../config/index.ts";
import { type ConnectionCloseReason, closedConnections } from "../runtime/index.ts";

/** Limits on the memory that clients which do not read their answers can occupy. */
export type UnreadLimits = {
  /** Bytes of unread answers on all connections together. */
  readonly totalBytes: number;
  /** Bytes of unread answers on one connection. */
  readonly connectionBytes: number;
  /** Milliseconds in which a client must read 64 KiB, or everything that is left. */
  readonly unreadMilliseconds: number;
  /** Milliseconds between two checks of all connections. */
  readonly checkMilliseconds: number;
  /** Requests that may be queued on a connection behind the one being answered (HTTP pipelining). */
  readonly pipelinedRequests: number;
};

/** Less than this within `unreadMilliseconds` does not count as progress, unless the client has read everything. */
const minProgressBytes = 64 * 1024;

const minute = 60_000;

/** The limits for `totalBytes` in all: one connection may use a quarter of them. */
export function defaultUnreadLimits(totalBytes: number): UnreadLimits {
  return {
    totalBytes,
    connectionBytes: unreadBytesOfConnection(totalBytes),
    unreadMilliseconds: minute,
    checkMilliseconds: 1_000,
    pipelinedRequests: 100,
  };
}

/** libuv's stream: bytes written to it, and how many of them the kernel has not accepted yet. */
type Handle = { readonly bytesWritten?: number; readonly writeQueueSize?: number };

/** One connection: what its client has not read yet, and the requests queued on it. */
export class Connection {
  readonly socket: Socket;
  /** Requests queued behind the one that is being answered. */
  readonly waiting: (() => void)[] = [];
  isAnswering = false;
  /** When its client last made progress, in milliseconds of `performance.now()`. */
  readAt = performance.now();
  #sent = 0;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Bytes of answers that this process buffers for it, without those that the kernel has accepted. */
  get unreadBytes(): number {
    return this.socket.writableLength;
  }

  /** Records whether the client has read since the last check, and returns the bytes it has not read yet. */
  measure(now: number): number {
    const { unreadBytes } = this;
    const sent = this.#sentBytes();
    if (unreadBytes === 0 || sent - this.#sent >= minProgressBytes) {
      this.readAt = now;
      this.#sent = sent;
    }
    return unreadBytes;
  }

  /**
   * Bytes that the kernel has accepted. A large answer is one write, of which `Socket` reports only the end. The queue
   * of the underlying stream tells a client that reads slowly from one that does not read.
   */
  #sentBytes(): number {
    const { _handle: handle } = this.socket as { _handle?: Handle | null };
    return (handle?.bytesWritten ?? 0) - (handle?.writeQueueSize ?? 0);
  }
}

/**
 * Bounds the memory that a server uses for clients that do not read their answers, whatever the route. A connection
 * that exceeds a limit is destroyed: its answer is truncated, which clients notice by its length or its encoding.
 *
 * Requests of one connection are answered one after the other, so that a connection never has more than one answer.
 */
export class ConnectionTracker {
  readonly #limits: UnreadLimits;
  readonly #connections = new Map<Socket, Connection>();
  #timer: NodeJS.Timeout | undefined;
  /** Upper bound of unread bytes: those at the last check, and those of answers that ended since. */
  #upperBound = 0;
  #isCheckScheduled = false;

  constructor(limits: UnreadLimits = defaultUnreadLimits(defaultUnreadBytes)) {
    this.#limits = limits;
  }

  /** Bytes of unread answers, of all connections. */
  get unreadBytes(): number {
    let bytes = 0;
    for (const connection of this.#connections.values()) bytes += connection.unreadBytes;
    return bytes;
  }

  /** Tracks the server's connections from now on, until it closes. */
  follow(server: Server): void {
    server.on("connection", (socket) => {
      this.#connections.set(socket, new Connection(socket));
      socket.once("close", () => this.#connections.delete(socket));
    });
    this.#timer = setInterval(() => this.#check(), this.#limits.checkMilliseconds);
    this.#timer.unref();
    server.once("close", () => clearInterval(this.#timer));
  }

  /** Answers a request once all earlier requests on its connection are answered. */
  handle(request: IncomingMessage, response: ServerResponse, answer: RequestListener): void {
    const connection = this.#connections.get(request.socket);
    // Its connection is closed already.
    if (connection === undefined) return;
    if (!connection.isAnswering) {
      this.#answer(connection, request, response, answer);
    } else if (connection.waiting.length < this.#limits.pipelinedRequests) {
      connection.waiting.push(() => this.#answer(connection, request, response, answer));
    } else {
      this.#destroy(connection, "pipelined requests");
    }
  }

  #answer(
    connection: Connection,
    request: IncomingMessage,
    response: ServerResponse,
    answer: RequestListener,
  ): void {
    connection.isAnswering = true;
    // The socket has received the complete answer.
    response.once("prefinish", () => this.#countAnswer(connection));
    response.once("close", () => {
      connection.isAnswering = false;
      if (connection.socket.destroyed) connection.waiting.length = 0;
      else connection.waiting.shift()?.();
    });
    answer(request, response);
  }

  /** Large answers are counted immediately: many may end between two checks. */
  #countAnswer({ unreadBytes }: Connection): void {
    this.#upperBound += unreadBytes;
    const { totalBytes, connectionBytes } = this.#limits;
    if (this.#isCheckScheduled || (this.#upperBound <= totalBytes && unreadBytes <= connectionBytes)) return;
    this.#isCheckScheduled = true;
    // The kernel first accepts what it can of the socket's data.
    setImmediate(() => {
      this.#isCheckScheduled = false;
      this.#check();
    });
  }

  #check(): void {
    const { totalBytes, connectionBytes, unreadMilliseconds } = this.#limits;
    const now = performance.now();
    const behind: Connection[] = [];
    let total = 0;
    for (const connection of this.#connections.values()) {
      const unread = connection.measure(now);
      if (unread === 0) continue;
      if (unread > connectionBytes) {
        this.#destroy(connection, "unread bytes");
      } else if (now - connection.readAt > unreadMilliseconds) {
        this.#destroy(connection, "unread too long");
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
        this.#destroy(connection, "unread bytes in all");
      }
    }
    this.#upperBound = total;
  }

  #destroy({ socket, waiting }: Connection, reason: ConnectionCloseReason): void {
    waiting.length = 0;
    // Requests that its parser still finds in received bytes are dropped.
    this.#connections.delete(socket);
    socket.destroy();
    closedConnections.publish(reason);
  }
}
