import type { Log } from "../../log.ts";
import { type RequestEnd, requests } from "./watched-requests.ts";

const longestPath = 200;

/**
 * Writes a line for each request, at the level `debug`; nothing where that is not logged. Of the address only the
 * path: queries and variables stand behind it. Returns how to stop it.
 */
export function logRequests(log: Log): () => void {
  if (!log.isLevelEnabled("debug")) return () => {};
  return requests.watch(({ route, request, id }) => {
    const startedAt = performance.now();
    return {
      end: (outcome) => {
        const { status } = ("result" in outcome ? outcome.result : { status: 0 }) as RequestEnd;
        const path = (request.url ?? "").split("?", 1)[0]?.slice(0, longestPath);
        const milliseconds = Math.round((performance.now() - startedAt) * 10) / 10;
        log.debug({ requestId: id, method: request.method, path, route, status, milliseconds }, "request");
      },
    };
  });
}
