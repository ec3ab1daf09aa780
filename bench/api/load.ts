// The load generator, a separate process that gets its orders over IPC. It sends prepared HTTP requests over plain
// sockets, to take as little processor time from the server as possible.
import { connect, type Socket } from "node:net";

export type LoadOrder = {
  readonly port: number;
  readonly path: string;
  /** Sent one after the other from this index, and again from the first after the last. */
  readonly bodies: readonly string[];
  readonly from?: number;
  readonly connections: number;
  readonly milliseconds: number;
};

export type LoadReport = {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  /** The bytes of the answers' bodies. */
  readonly bytes: number;
  readonly error: string | null;
};

/** Sends one request after the other on a connection until it is stopped; `onAnswer` gets each body's beginning. */
class Connection {
  readonly #socket: Socket;
  #waiting: ((length: number) => void) | undefined;
  #fail: (error: Error) => void = () => {};
  #received: Buffer[] = [];

  constructor(port: number) {
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("data", (chunk) => this.#take(chunk));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("The server closed a connection.")));
  }

  /** Resolves with the length of the answer's body. Rejects if the answer is not 200 with data. */
  send(request: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting = resolve;
      this.#fail = reject;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#fail = () => {};
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk);
    const answer = this.#received.length === 1 ? chunk : Buffer.concat(this.#received);
    this.#received = [answer];
    const headEnd = answer.indexOf("\r\n\r\n");
    if (headEnd === -1) return;
    const head = answer.toString("latin1", 0, headEnd);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    const isChunked = length === undefined;
    if (isChunked && !answer.subarray(-5).equals(lastChunk)) return;
    if (!isChunked && answer.length < headEnd + 4 + Number(length)) return;
    this.#received = [];
    const bodyStart = isChunked ? answer.indexOf("\r\n", headEnd + 4) + 2 : headEnd + 4;
    if (
      head.startsWith("HTTP/1.1 200") &&
      answer.toString("latin1", bodyStart, bodyStart + 8) === '{"data":'
    ) {
      this.#waiting?.(isChunked ? answer.length - bodyStart : Number(length));
    } else {
      this.#fail(new Error(answer.toString("utf8", 0, 600)));
    }
  }
}

const lastChunk = Buffer.from("0\r\n\r\n");

function requestOf(path: string, body: string): Buffer {
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\naccept: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

async function run(order: LoadOrder): Promise<LoadReport> {
  const requests = order.bodies.map((body) => requestOf(order.path, body));
  const times: number[] = [];
  let bytes = 0;
  let sent = order.from ?? 0;
  const connections = Array.from({ length: order.connections }, () => new Connection(order.port));
  const start = performance.now();
  const end = start + order.milliseconds;
  let error: string | null = null;
  try {
    await Promise.all(
      connections.map(async (connection) => {
        for (let now = performance.now(); now < end; ) {
          const length = await connection.send(requests[sent++ % requests.length] as Buffer);
          bytes += length;
          const after = performance.now();
          times.push(after - now);
          now = after;
        }
      }),
    );
  } catch (cause) {
    error = cause instanceof Error ? cause.message : String(cause);
  }
  const seconds = (performance.now() - start) / 1000;
  for (const connection of connections) connection.close();
  times.sort((a, b) => a - b);
  const quantile = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return { requests: times.length, seconds, p50: quantile(0.5), p95: quantile(0.95), bytes, error };
}

process.on("message", async (order: LoadOrder) => {
  process.send?.(await run(order));
});
process.on("disconnect", () => process.exit());
