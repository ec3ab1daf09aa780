import type { Socket } from "node:net";
import { leastRead } from "./limits.ts";

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
    if (unreadBytes === 0 || sent - this.#sent >= leastRead) {
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
