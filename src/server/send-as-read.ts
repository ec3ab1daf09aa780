import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** Nobody reads the answer any more. */
export class GoneError extends Error {
  override readonly name = "GoneError";
}

/**
 * Sends an answer as it is made, no faster than it is read, and ends it. A client that reads nothing for `unread`
 * milliseconds loses its connection; however long the next piece takes to be made counts for nothing.
 *
 * Rejects with GoneError where the client is gone, or was made to go; making the answer has ended then.
 */
export async function sendAsRead(
  response: ServerResponse,
  pieces: AsyncIterable<Uint8Array | string>,
  unread: number,
): Promise<void> {
  const closed = new AbortController();
  const close = () => closed.abort();
  response.once("close", close);
  const awaited = async (event: "drain" | "finish") => {
    try {
      await once(response, event, { signal: AbortSignal.any([closed.signal, AbortSignal.timeout(unread)]) });
    } catch {
      response.destroy();
      throw new GoneError("Nobody reads the answer.");
    }
  };
  try {
    for await (const piece of pieces) {
      if (closed.signal.aborted) throw new GoneError("The client has gone.");
      if (!response.write(piece)) await awaited("drain");
    }
    response.end();
    await awaited("finish");
  } catch (error) {
    response.destroy();
    throw error;
  } finally {
    response.off("close", close);
  }
}
