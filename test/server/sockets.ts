import { connect, type Socket } from "node:net";

/** A client that sends requests and reads no answers. */
export async function sendUnread(url: string, requests: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  socket.pause();
  socket.on("error", () => {});
  await new Promise((resolve) => socket.write(requests, resolve));
  return socket;
}

/** The text of `count` equal requests, for one connection. */
export function pipelined(target: string, count: number, headers = ""): string {
  return `GET ${target} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`.repeat(count);
}

/** Sends a text, and returns everything received until the server closes the connection. */
export async function exchange(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname, () => socket.write(request));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
