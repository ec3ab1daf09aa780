import type { IncomingMessage, ServerResponse } from "node:http";
import type { GraphService } from "../graph/index.ts";
import type { Database } from "../store/database.ts";
import { readSchemaState, type SchemaState } from "../store/migrate.ts";
import { sendJson } from "./responses.ts";

/**
 * `/health`: 200 while the process answers at all, whatever its database does: restarting it would help nobody. It
 * also tells of the citation graph.
 */
export function answerHealth(graph: GraphService, request: IncomingMessage, response: ServerResponse): void {
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

export type ReadinessParts = {
  readonly database: Pick<Database, "pool">;
  /** Absent in a process that answers no questions about citations: the worker. */
  readonly graph?: GraphService;
  readonly isStopping: () => boolean;
};

/** What `/ready` says of each part. */
export type Readiness = {
  readonly isReady: boolean;
  readonly parts: {
    readonly service: "running" | "stopping";
    readonly database: "answers" | "does not answer";
    /** A schema that is ahead is one that this version still runs on: see docs/upgrading.md. */
    readonly migrations: SchemaState["state"] | "unknown";
    readonly graph?: "loaded" | "in SQL" | "loading" | "failed";
  };
};

/** Many who ask are answered by one look, so long good. */
const goodForMilliseconds = 250;

/** The database that does not answer by then does not answer. */
const patienceMilliseconds = 2_000;

/** Looks whether requests should be sent here: as often as it is asked for, but not more than four times a second. */
export function createReadiness({ database, graph, isStopping }: ReadinessParts): () => Promise<Readiness> {
  let known: { readonly schema: Promise<SchemaState | null>; readonly at: number } | undefined;
  const schema = () => {
    if (known === undefined || performance.now() - known.at > goodForMilliseconds) {
      known = { schema: lookAt(database), at: performance.now() };
    }
    return known.schema;
  };
  return async () => {
    const found = await schema();
    const parts: Readiness["parts"] = {
      service: isStopping() ? "stopping" : "running",
      database: found === null ? "does not answer" : "answers",
      migrations: found?.state ?? "unknown",
      ...(graph === undefined ? {} : { graph: stateOf(graph) }),
    };
    const isReady =
      parts.service === "running" &&
      (parts.migrations === "current" || parts.migrations === "ahead") &&
      (parts.graph === undefined || parts.graph === "loaded" || parts.graph === "in SQL");
    return { isReady, parts };
  };
}

/** `/ready`: 200, or 503 with the part that is not ready. */
export async function answerReadiness(
  read: () => Promise<Readiness>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { isReady, parts } = await read();
  sendJson(request, response, isReady ? 200 : 503, { status: isReady ? "ready" : "not ready", ...parts });
}

function stateOf(graph: GraphService): NonNullable<Readiness["parts"]["graph"]> {
  const { adjacency, isLoaded, loadError } = graph.status();
  if (adjacency === "sql") return "in SQL";
  return isLoaded ? "loaded" : loadError === null ? "loading" : "failed";
}

async function lookAt({ pool }: Pick<Database, "pool">): Promise<SchemaState | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patienceMilliseconds);
  });
  try {
    return await Promise.race([readSchemaState(pool).catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}
