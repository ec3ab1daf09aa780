import type { IncomingMessage, ServerResponse } from "node:http";
import type { GraphService } from "../graph/index.ts";
import type { Database } from "../store/database.ts";
import { sendJson } from "./responses.ts";

/**
 * 200 where the database answers, else 503. Also while the citation graph is being loaded: its questions are answered
 * meanwhile, from the tables.
 */
export async function answerHealth(
  { database, graph }: { readonly database: Database; readonly graph: GraphService },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await database.pool.query("SELECT 1");
  } catch {
    return sendJson(request, response, 503, {
      status: "unavailable",
      reason: "The database does not answer.",
    });
  }
  const { adjacency, isLoaded, graphVersion, lagPositions, lagMilliseconds, loadError } = graph.status();
  sendJson(request, response, 200, {
    status: "ok",
    graph: {
      adjacency,
      isLoaded,
      graphVersion,
      lagPositions,
      lagMilliseconds,
      // Why is told in the log: it may name what is nobody else's business.
      loadFailed: loadError !== null,
    },
  });
}
