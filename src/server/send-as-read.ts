import type { ServerResponse } from "node:http";

/** The client has gone, or its connection was ended because it did not read. */
export class GoneError extends Error {
  override readonly name = "GoneError";
}

/**
 * Sends an answer as it is made, no faster than it is read, and ends it. A client that does not read loses its
 * connection by the server's own limits (connections/).
 *
 * Rejects with GoneError where the client is gone; making the answer has ended then.
 */
export async function sendAsRead(
  response: ServerResponse,
  pieces: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array>,
): Promise<void> {
  try {
    for await (const piece of pieces) {
      if (response.destroyed) throw new GoneError("The client has gone.");
      if (!response.write(piece)) await waitFor(response, "drain");
    }
    response.end();
    await waitFor(response, "finish");
  } catch (error) {
    response.destroy();
    throw error;
  }
}

/** Waits for an event, or rejects with GoneError. */
function waitFor(response: ServerResponse, event: "drain" | "finish"): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopWaiting = () => {
      response.off(event, done);
      response.off("close", gone);
    };
    const done = () => {
      stopWaiting();
      resolve();
    };
    const gone = () => {
      stopWaiting();
      reject(new GoneError("Nobody reads the answer."));
    };
    response.once(event, done);
    response.once("close", gone);
    if (response.destroyed) gone();
  });
}
