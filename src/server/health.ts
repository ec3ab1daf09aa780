import type { IncomingMessage, ServerResponse } from "node:http";
import type { GraphService } from "../graph/index.ts";
import type { Database } from "../store/database.ts";
import { readSchemaState, type SchemaState } from "../store/migrate.ts";
import { readWriteLockWait, type WriteLockWait } from "../store/write-lock.ts";
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

type ReadinessParts = {
  readonly database: Pick<Database, "pool">;
  /** Absent in a process that answers no questions about citations: the worker. */
  readonly graph?: GraphService;
  readonly isStopping: () => boolean;
  /** Whether notices of changes arrive; null where nothing listens for them. */
  readonly isListening?: () => boolean | null;
  /** A wait for the write lock is reported from so many seconds on. Defaults to 10. */
  readonly longWait?: number;
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
    /**
     * Whether documents can be stored. While a writer waits for another one for long it tells which: that is no reason to
     * send requests elsewhere, since the database is the same everywhere.
     */
    readonly writing: "free" | "unknown" | WriteLockWait;
    /** Whether notices of changes arrive; absent where nothing waits for any. */
    readonly notices?: "arrive" | "reconnecting";
  };
};

/** Many who ask are answered by one look, so long good. */
const goodForMilliseconds = 250;

/** The database that does not answer by then does not answer. */
const patienceMilliseconds = 2_000;

/** Looks whether requests should be sent here: as often as it is asked for, but not more than four times a second. */
export function createReadiness({
  database,
  graph,
  isStopping,
  isListening = () => null,
  longWait = 10,
}: ReadinessParts): () => Promise<Readiness> {
  let known: { readonly look: Promise<Look | null>; readonly at: number } | undefined;
  const look = () => {
    if (known === undefined || performance.now() - known.at > goodForMilliseconds) {
      known = { look: lookAt(database, longWait), at: performance.now() };
    }
    return known.look;
  };
  return async () => {
    const found = await look();
    const listening = isListening();
    const parts: Readiness["parts"] = {
      service: isStopping() ? "stopping" : "running",
      database: found === null ? "does not answer" : "answers",
      migrations: found?.schema.state ?? "unknown",
      writing: found === null ? "unknown" : found.wait,
      ...(graph === undefined ? {} : { graph: stateOf(graph) }),
      ...(listening === null ? {} : { notices: listening ? "arrive" : "reconnecting" }),
    };
    const isReady =
      parts.service === "running" &&
      (parts.migrations === "current" || parts.migrations === "ahead") &&
      parts.notices !== "reconnecting" &&
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

/** What one look at the database finds. */
type Look = { readonly schema: SchemaState; readonly wait: "free" | WriteLockWait };

async function lookAt(database: Pick<Database, "pool">, longWait: number): Promise<Look | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patienceMilliseconds);
  });
  try {
    return await Promise.race([look(database, longWait).catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function look(database: Pick<Database, "pool">, longWait: number): Promise<Look> {
  const schema = await readSchemaState(database.pool);
  const wait = await readWriteLockWait(database);
  return { schema, wait: wait === null || wait.waitedSeconds < longWait ? "free" : wait };
}
