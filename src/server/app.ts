import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { defaultQueryLimits, type QueryLimits } from "../api/limits/limits.ts";
import type { ExportSettings, SubmissionSettings } from "../config/index.ts";
import { type GraphService, startGraph } from "../graph/index.ts";
import type { Keyring } from "../protocol/index.ts";
import type { Database } from "../store/database.ts";
import { ReadServers } from "../store/replicas/index.ts";
import { isServerFault } from "../store/server-fault.ts";
import { PaperStates } from "../store/states/index.ts";
import { clientKey, createAddressReader, createRateGate, type RateSettings } from "./client-address.ts";
import { createExplorerHandlers, type ExplorerHandlers } from "./explorer/handlers.ts";
import { createExportHandlers, noExports } from "./export/handlers.ts";
import type { StreamTimes } from "./graphql/event-stream.ts";
import { createGraphqlHandler } from "./graphql/handler.ts";
import { defaultRowCacheSize, type GraphqlSettings } from "./graphql/settings.ts";
import { answerHealth, answerReadiness, createReadiness, type Readiness } from "./health.ts";
import { asksForPage } from "./http/negotiation.ts";
import { answerRoute, createRouter, type Found, pathOf, readOnly } from "./http/router.ts";
import { noSubmissions, SubmissionDesk } from "./ingest/desk.ts";
import { createSubmissionHandlers } from "./ingest/handlers.ts";
import { instrumentRequest } from "./instrument.ts";
import { ChangeWatch } from "./live/change-watch.ts";
import { LiveChanges } from "./live/live-changes.ts";
import type { LogError } from "./mask-error.ts";
import { createMirrorHandlers } from "./mirror/handlers.ts";
import { RequestReads } from "./request-reads.ts";
import { sendError, sendFailure } from "./responses.ts";
import { routesOf } from "./routes.ts";

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
  const { milliseconds } = limits;
  const explorer = createExplorerHandlers();
  const routeOf = createRouter(
    routesOf({
      health: (request, response) => answerHealth(graph, request, response),
      readiness: (request, response) => answerReadiness(readiness, request, response),
      graphql: graphql.handle,
      hasGraphiql: settings.graphiql ?? true,
      submissions: createSubmissionHandlers(desk, { milliseconds, logError }),
      mirror: createMirrorHandlers({ database, milliseconds, baseUrl, watch, addressOf, states }),
      exports: createExportHandlers(database, exports),
      explorer,
    }),
  );

  const handle = (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const found = routeOf(pathOf(request));
    return instrumentRequest(found?.route.name ?? "none", request, response, () =>
      answer(found, request, response),
    );
  };

  const answer = async (
    found: Found | null,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const isUnlimited = found !== null && unlimited.has(found.route.name);
    if (!isUnlimited && !isWithinRate(request, response)) return;
    try {
      if (found === null) await answerNotFound(explorer, request, response);
      else await answerRoute(found, request, response);
    } catch (error) {
      // The database's, or the connection's own end: no client is left to answer, and nothing is wrong here.
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

/** Browsers are shown the explorer's page, other clients an error. */
async function answerNotFound(
  explorer: ExplorerHandlers,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isPageRequest = readOnly.includes(request.method ?? "") && asksForPage(request.headers.accept);
  if (isPageRequest && (await explorer.notFound(request, response))) return;
  const message = "There is nothing at this address.";
  sendError(request, response, 404, { code: "NOT_FOUND", message });
}
