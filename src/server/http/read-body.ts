import type { IncomingMessage } from "node:http";

/**
 * The whole body of a request. "too large" as soon as that is known, what follows being thrown away; "gone" where the
 * client left before its end.
 */
export function readBody(
  request: IncomingMessage,
  maximumBytes: number,
): Promise<Buffer | "too large" | "gone"> {
  if (Number(request.headers["content-length"] ?? 0) > maximumBytes) return Promise.resolve("too large");
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= maximumBytes) return;
      request.off("data", onData);
      chunks.length = 0;
      resolve("too large");
    };
    request.on("data", onData);
    request.once("end", () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    );
    request.once("close", () => resolve("gone"));
    request.once("error", () => resolve("gone"));
  });
}
