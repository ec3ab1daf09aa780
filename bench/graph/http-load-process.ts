// The process that generates load, over plain sockets, so that it takes little processor time itself.
import { connect, type Socket } from "node:net";
import type { LoadOrder, LoadResult } from "./http-load.ts";

/** The number of answers that are kept for the check. */
const maxStoredAnswers = 100;

process.once("message", async (order: LoadOrder) => {
  const message: LoadResult | { error: string } = await run(order).catch((error) => ({
    error: String(error),
  }));
  // A large message takes a while.
  process.send?.(message, () => process.disconnect());
});

async function run({ port, connections, seconds, bodies }: LoadOrder): Promise<LoadResult> {
  const requests = bodies.map((body) =>
    Buffer.from(
      `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\n` +
        `accept: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  );
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const times: number[] = [];
  const places: number[] = [];
  const firstAnswers: string[] = [];
  let sent = 0;
  const ask = async (socket: Socket): Promise<void> => {
    const number = sent++;
    const start = performance.now();
    const answer = await exchange(socket, requests[number % requests.length] as Buffer);
    times.push(performance.now() - start);
    places.push(number);
    if (number < maxStoredAnswers && number < bodies.length) firstAnswers[number] = answer;
    if (answer.includes('"errors":[')) throw new Error(answer.slice(0, 500));
  };
  // The first second is not counted, because the server still compiles its hot code.
  await during(sockets, 1, ask);
  times.length = 0;
  places.length = 0;
  const start = performance.now();
  await during(sockets, seconds, ask);
  const elapsed = (performance.now() - start) / 1000;
  for (const socket of sockets) socket.destroy();
  return { requests: times.length, perSecond: times.length / elapsed, times, places, firstAnswers };
}

async function during(
  sockets: readonly Socket[],
  seconds: number,
  ask: (socket: Socket) => Promise<void>,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    sockets.map(async (socket) => {
      while (performance.now() < end) await ask(socket);
    }),
  );
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket.setNoDelay()));
    socket.once("error", reject);
  });
}

/** Sends a request and reads the body of its answer, with Content-Length or chunked. */
function exchange(socket: Socket, request: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const stop = () => socket.off("data", onData).off("close", onClose);
    const onClose = () => {
      stop();
      reject(new Error("The server closed the connection."));
    };
    const onData = (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const headerEnd = received.indexOf("\r\n\r\n");
      if (headerEnd < 0) return;
      const header = received.toString("latin1", 0, headerEnd).toLowerCase();
      const length = /content-length: (\d+)/.exec(header)?.[1];
      const bodyStart = headerEnd + 4;
      const isComplete =
        length === undefined
          ? received.subarray(-5).equals(lastChunk)
          : received.length - bodyStart >= Number(length);
      if (!isComplete) return;
      stop();
      if (header.startsWith("http/1.1 200")) resolve(received.toString("utf8", bodyStart));
      else reject(new Error(received.toString()));
    };
    socket.on("data", onData).on("close", onClose);
    socket.write(request);
  });
}

const lastChunk = Buffer.from("0\r\n\r\n");
