import { unreadBytesOfConnection } from "../../config/index.ts";

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
export const leastRead = 64 * 1024;

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
