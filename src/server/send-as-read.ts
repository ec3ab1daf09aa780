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
  try {
    for await (const piece of pieces) {
      if (response.destroyed) throw new GoneError("The client has gone.");
      if (!response.write(piece)) await waitFor(response, "drain", unread);
    }
    response.end();
    await waitFor(response, "finish", unread);
  } catch (error) {
    response.destroy();
    throw error;
  }
}

/** Waits for an event, or rejects with GoneError. */
function waitFor(response: ServerResponse, event: "drain" | "finish", milliseconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopWaiting = () => {
      clearTimeout(timer);
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
    const timer = setTimeout(gone, milliseconds);
    response.once(event, done);
    response.once("close", gone);
    if (response.destroyed) gone();
  });
}
