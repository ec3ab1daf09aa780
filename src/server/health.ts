import type { IncomingMessage, ServerResponse } from "node:http";
import type { GraphService } from "../graph/index.ts";
import {
  type Database,
  readSchemaState,
  readWriteLockWait,
  type SchemaState,
  type WriteLockWait,
} from "../store/index.ts";
import { sendJson } from "./http/index.ts";

/**
 * `/health`: 200 while the process answers at all, even if its database is down: a restart would not help. Also reports
 * the state of the citation graph.
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
      // The reason is only logged: it may contain details that are not for the public.
      loadFailed: loadError !== null,
    },
  });
}

type ReadinessParts = {
  readonly database: Pick<Database, "pool">;
  /** Absent in a process that answers no citation queries: the worker. */
  readonly graph?: GraphService;
  readonly isStopping: () => boolean;
  /** Whether change notifications arrive; null if the process does not listen for them. */
  readonly isListening?: () => boolean | null;
  /** Seconds after which a wait for the write lock is reported. Defaults to 10. */
  readonly longWait?: number;
};

/** The status of each part in the answer of `/ready`. */
export type Readiness = {
  readonly isReady: boolean;
  readonly parts: {
    readonly service: "running" | "stopping";
    readonly database: "answers" | "does not answer";
    /** The schema may be newer than this version and still compatible with it: see docs/upgrading.md. */
    readonly migrations: SchemaState["state"] | "unknown";
    readonly graph?: "loaded" | "in SQL" | "loading" | "failed";
    /**
     * Whether documents can be stored. A writer that waits long for another one is reported, but it is no reason to
     * send requests elsewhere: the database is the same everywhere.
     */
    readonly writing: "free" | "unknown" | WriteLockWait;
    /** Whether change notifications arrive; absent if nothing waits for any. */
    readonly notices?: "arrive" | "reconnecting";
  };
};

/** How long one check of the database answers all requests, in milliseconds. */
const cacheMilliseconds = 250;

/** A database that does not answer within this time counts as down. */
const timeoutMilliseconds = 2_000;

/** Checks on demand whether requests should be sent here, at most four times a second. */
export function createReadinessCheck({
  database,
  graph,
  isStopping,
  isListening = () => null,
  longWait = 10,
}: ReadinessParts): () => Promise<Readiness> {
  let last: { readonly check: Promise<DatabaseCheck | null>; readonly at: number } | undefined;
  const cachedCheck = () => {
    if (last === undefined || performance.now() - last.at > cacheMilliseconds) {
      last = { check: checkInTime(database, longWait), at: performance.now() };
    }
    return last.check;
  };
  return async () => {
    const check = await cachedCheck();
    const listening = isListening();
    const parts: Readiness["parts"] = {
      service: isStopping() ? "stopping" : "running",
      database: check === null ? "does not answer" : "answers",
      migrations: check?.schema.state ?? "unknown",
      writing: check === null ? "unknown" : check.wait,
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

/** The result of one check of the database. */
type DatabaseCheck = { readonly schema: SchemaState; readonly wait: "free" | WriteLockWait };

async function checkInTime(
  database: Pick<Database, "pool">,
  longWait: number,
): Promise<DatabaseCheck | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), timeoutMilliseconds);
  });
  try {
    return await Promise.race([checkDatabase(database, longWait).catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function checkDatabase(database: Pick<Database, "pool">, longWait: number): Promise<DatabaseCheck> {
  const schema = await readSchemaState(database.pool);
  const wait = await readWriteLockWait(database);
  return { schema, wait: wait === null || wait.waitedSeconds < longWait ? "free" : wait };
}
