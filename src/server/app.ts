import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { defaultQueryLimits, type QueryLimits } from "../api/limits/query-limits.ts";
import type { SubmissionSettings } from "../config/index.ts";
import { type GraphService, startGraph } from "../graph/index.ts";
import type { Keyring } from "../protocol/index.ts";
import type { Database } from "../store/database.ts";
import { ReadServers } from "../store/replicas/index.ts";
import { isServerFault } from "../store/server-fault.ts";
import { PaperStates } from "../store/states/index.ts";
import { clientKey, createAddressReader } from "./client-address.ts";
import { createExplorerRoutes } from "./explorer/index.ts";
import { createExportRoutes, type ExportSettings, noExports } from "./export/index.ts";
import { graphiqlAsset } from "./graphiql/index.ts";
import { createGraphqlHandler, defaultRowCacheSize, type GraphqlSettings, graphqlPath } from "./graphql.ts";
import { answerHealth, answerReadiness, createReadiness, type Readiness } from "./health.ts";
import { createSubmissionRoutes, noSubmissions, SubmissionDesk } from "./ingest/index.ts";
import { instrumentRequest } from "./instrument.ts";
import { LiveChanges, type StreamTimes } from "./live/index.ts";
import type { LogError } from "./mask-error.ts";
import { ChangeWatch, createMirrorRoutes } from "./mirror/index.ts";
import { createRateGate, type RateSettings } from "./rate-gate.ts";
import { RequestReads } from "./reads/index.ts";
import { sendError } from "./responses.ts";
import { sendFailure } from "./unavailable.ts";

export type AppOptions = {
  /** Stays the caller's: closing the app does not close it. */
  readonly database: Database;
  /** Read by queries, the caller's as well; `database` unless given. */
  readonly reads?: Database;
  /** Read by queries instead, with replicas among them; the caller's as well. */
  readonly readServers?: ReadServers;
  /** Asked about citations; the caller's as well. The tables are asked unless given. */
  readonly graph?: GraphService;
  /** Told of errors that clients see masked; standard error unless given. */
  readonly logError?: LogError;
  /** Bytes of a request's body; 1 MB unless told. */
  readonly maximumBodySize?: number;
  readonly limits?: QueryLimits;
  /** How many requests an address may send; no limit by default. */
  readonly rate?: RateSettings;
  /** The address that other mirrors reach this one by; from each request unless told. */
  readonly baseUrl?: string | undefined;
  /** Who may submit documents; nobody unless told. */
  readonly submissions?: SubmissionSettings;
  /** Who may export; nobody unless told. */
  readonly exports?: ExportSettings;
  /** Of event streams; heartbeats of 15 s unless told. */
  readonly streamTimes?: StreamTimes;
  readonly graphql?: GraphqlSettings;
  /** The keys that this process trusts, for `Signer.origin`. Defaults to the registry's key alone. */
  readonly keyring?: Keyring;
};

export type App = {
  /** For `http.createServer`. */
  readonly handle: RequestListener;
  /** Whether requests should be sent here; what `/ready` answers. */
  readiness(): Promise<Readiness>;
  /** From now on it is not ready: the server is about to stop. */
  beginStop(): void;
  /** Answers those who only wait for news at once, from now on: the server stops. */
  stopWaiting(): void;
  close(): Promise<void>;
};

/** Routes that cost nothing, and that probes must reach whatever else their address does. */
const unlimited: ReadonlySet<string> = new Set(["/health", "/ready"]);

type Route = (request: IncomingMessage, response: ServerResponse) => unknown;
type FoundRoute = { readonly methods: readonly string[]; readonly answer: Route };
type Found = readonly [name: string, route: FoundRoute | undefined];

/** All routes of the server, without a port. */
export function createApp({
  database,
  reads = database,
  readServers,
  graph = startGraph(database, { adjacency: "sql" }),
  logError = (message, error) => console.error(message, error),
  maximumBodySize = 1_000_000,
  limits = defaultQueryLimits,
  rate = { requestsPerMinute: 0, trustedProxies: 0 },
  baseUrl,
  submissions = noSubmissions,
  exports = noExports,
  streamTimes,
  graphql: settings = {},
  keyring,
}: AppOptions): App {
  const servers = readServers ?? new ReadServers({ primary: reads });
  const states = new PaperStates();
  const rowCacheSize = settings.rowCacheSize ?? defaultRowCacheSize;
  const requestReads = new RequestReads({ servers, graph, states, rowCacheSize });
  const desk = new SubmissionDesk(database, submissions, () => requestReads.written());
  const addressOf = createAddressReader(rate.trustedProxies);
  const isWithinRate = createRateGate(rate, addressOf);
  const watch = new ChangeWatch(database);
  const live = new LiveChanges(database, watch);
  const graphql = createGraphqlHandler({
    reads: requestReads,
    logError,
    maximumBodySize,
    limits,
    submitFor: (authorization) => desk.submitFor(authorization),
    clientOf: (request) => clientKey(addressOf(request)),
    follow: (request) => live.follow(clientKey(addressOf(request))),
    streamTimes,
    keyring,
    settings,
  });
  let isStopping = false;
  const readiness = createReadiness({
    database,
    graph,
    isStopping: () => isStopping,
    isListening: () => watch.isListening(),
  });
  const routes: Record<string, FoundRoute> = {
    "/health": {
      methods: ["GET", "HEAD"],
      answer: (request, response) => answerHealth(graph, request, response),
    },
    "/ready": {
      methods: ["GET", "HEAD"],
      answer: (request, response) => answerReadiness(readiness, request, response),
    },
    [graphqlPath]: {
      methods: ["GET", "POST", "OPTIONS"],
      answer: graphql.handle,
    },
  };

  const { milliseconds } = limits;
  const submissionRoute = createSubmissionRoutes(desk, { milliseconds, logError });
  const mirrorRoute = createMirrorRoutes({ database, milliseconds, baseUrl, watch, addressOf, states });
  const exportRoute = createExportRoutes(database, exports);
  const explorer = createExplorerRoutes();

  /** The names are those of metrics and logs: a fixed list, whatever is asked for. */
  const routeOf = (path: string): Found => {
    if (Object.hasOwn(routes, path)) return [path, routes[path]];
    const submission = submissionRoute(path);
    if (submission !== undefined) return [path === "/ingest" ? path : "/ingest/:id", submission];
    if (settings.graphiql !== false) {
      const asset = graphiqlAsset(path);
      if (asset !== undefined) return ["graphiql", asset];
    }
    const mirror = mirrorRoute(path);
    if (mirror !== undefined) return [path === "/feed" ? path : "mirror", mirror];
    const exported = exportRoute(path);
    if (exported !== undefined) return ["/export", exported];
    const shown = explorer.route(path);
    return shown === undefined ? ["none", undefined] : ["explorer", shown];
  };

  const handle = (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [name, route] = routeOf((request.url ?? "/").split("?", 1)[0] ?? "/");
    return instrumentRequest(name, request, response, () => answer(name, route, request, response));
  };

  const answer = async (
    name: string,
    route: FoundRoute | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    if (!unlimited.has(name) && !isWithinRate(request, response)) return;
    if (route === undefined) {
      const page = explorer.notFound(request);
      if (page !== undefined) return page(request, response);
      return sendError(request, response, 404, {
        code: "NOT_FOUND",
        message: "There is nothing at this address.",
      });
    }
    if (!route.methods.includes(request.method ?? "")) {
      const allow = route.methods.join(", ");
      return sendError(request, response, 405, {
        code: "BAD_USER_INPUT",
        message: `Only ${allow} here.`,
        headers: { allow },
      });
    }
    try {
      await route.answer(request, response);
    } catch (error) {
      // The database's, or the connection's own end: nobody is left to answer, and nothing is wrong here.
      if (response.destroyed && isServerFault(error)) return;
      logError(isServerFault(error) ? "a request was answered UNAVAILABLE" : "a request failed", error);
      if (response.headersSent) response.destroy();
      else sendFailure(request, response, error);
    }
  };
  const close = async () => {
    await graphql.close();
    await desk.close();
    live.stop();
    await watch.close();
    await states.close();
    if (readServers === undefined) await servers.close();
  };
  const stopWaiting = () => {
    watch.stopWaiting();
    live.stop();
  };
  const beginStop = () => {
    isStopping = true;
  };
  return { handle, readiness, beginStop, stopWaiting, close };
}
