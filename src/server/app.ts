import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { defaultQueryLimits, type QueryLimits } from "../api/index.ts";
import type { ExportSettings, SubmissionSettings } from "../config/index.ts";
import { type GraphService, startGraph } from "../graph/index.ts";
import type { Keyring } from "../protocol/index.ts";
import { type Database, isServerFault, PaperStates, ReadServers } from "../store/index.ts";
import { clientKey, createAddressReader, createRateGate, type RateSettings } from "./client-address.ts";
import {
  createExplorerHandlers,
  type ExplorerHandlers,
  explorerFilePattern,
  explorerPagePattern,
} from "./explorer.ts";
import { createExportHandlers, exportFilePattern, noExports } from "./export.ts";
import {
  createGraphqlHandler,
  defaultRowCacheSize,
  type GraphqlSettings,
  type LogError,
  type StreamTimes,
} from "./graphql/index.ts";

import { answerHealth, answerReadiness, createReadinessCheck, type Readiness } from "./health.ts";
import {
  acceptsHtml,
  answerRoute,
  createRouter,
  pathOf,
  type Route,
  type RouteMatch,
  readOnly,
  sendError,
  sendFailure,
} from "./http/index.ts";

import { instrumentRequest } from "./instrument.ts";
import { ChangeSubscriptions, ChangeWatch } from "./live-changes.ts";
import { createMirrorHandlers, type MirrorHandlers } from "./mirror.ts";
import { ReadRouter } from "./read-routing.ts";
import { createSubmissionHandlers, noSubmissions, SubmissionService } from "./submissions/index.ts";

type Handle = Route["handle"];

type RouteParts = {
  readonly health: Handle;
  readonly readiness: Handle;
  readonly graphql: Handle;
  readonly submissions: ReturnType<typeof createSubmissionHandlers>;
  readonly mirror: MirrorHandlers;
  readonly exports: ReturnType<typeof createExportHandlers>;
  readonly explorer: ExplorerHandlers;
};

/** All routes that the server has. */
function routesOf({
  health,
  readiness,
  graphql,
  submissions,
  mirror,
  exports,
  explorer,
}: RouteParts): Route[] {
  const read = (name: string, pattern: string | RegExp, handle: Handle): Route => {
    return { name, methods: readOnly, pattern, handle };
  };
  const bundle = mirror.document("bundle", (suffix) => `../${suffix}/bundle.json`);
  const state = mirror.document("state", (suffix) => `../${suffix}/state.json`);
  const description = mirror.document("description", (suffix) => `${suffix}.json`);
  return [
    read("/health", "/health", health),
    read("/ready", "/ready", readiness),
    { name: "/graphql", methods: ["GET", "POST", "OPTIONS"], pattern: "/graphql", handle: graphql },
    { name: "/ingest", methods: ["POST"], pattern: "/ingest", handle: submissions.post },
    read("/ingest/:id", /^\/ingest\/(.*)$/, submissions.status),
    read("/feed", "/feed", mirror.feed),
    read("mirror", "/pith-mirrors.json", mirror.manifest),
    read("mirror", /^\/pith\/([^/]+)\/bundle\.json$/, bundle),
    read("mirror", /^\/pith\/([^/]+)\/state\.json$/, state),
    read("mirror", /^\/\.well-known\/pith\/([^/]+)\/bundle\.json$/, bundle),
    read("mirror", /^\/pith\/([^/]+)\.json$/, description),
    read("/export", "/export", exports.list),
    read("/export", exportFilePattern, exports.file),
    read("explorer", explorerFilePattern, explorer.file),
    read("explorer", explorerPagePattern, explorer.page),
  ];
}

type AppOptions = {
  /** Owned by the caller: closing the app does not close it. */
  readonly database: Database;
  /** The database that queries read, owned by the caller. Defaults to `database`. */
  readonly reads?: Database;
  /** Servers that queries read instead of `reads`, replicas included; owned by the caller. */
  readonly readServers?: ReadServers;
  /** Answers citation queries; owned by the caller. Defaults to queries of the tables. */
  readonly graph?: GraphService;
  /** Called with errors that clients see masked. Defaults to standard error. */
  readonly logError?: LogError;
  /** Bytes of a request's body. Defaults to 1 MB. */
  readonly maximumBodySize?: number;
  readonly limits?: QueryLimits;
  /** How many requests an address may send. Defaults to no limit. */
  readonly rate?: RateSettings;
  /** The address that other mirrors reach this one by. Defaults to the address of each request. */
  readonly baseUrl?: string | undefined;
  /** Who may submit documents. Defaults to no one. */
  readonly submissions?: SubmissionSettings;
  /** Who may export. Defaults to no one. */
  readonly exports?: ExportSettings;
  /** Times of event streams. Defaults to a heartbeat every 15 s. */
  readonly streamTimes?: StreamTimes;
  readonly graphql?: GraphqlSettings;
  /** The keys that this process trusts, for `Signer.origin`. Defaults to the registry's key alone. */
  readonly keyring?: Keyring;
};

export type App = {
  /** For `http.createServer`. */
  readonly handle: RequestListener;
  /** Whether requests should be sent here; the answer of `/ready`. */
  readiness(): Promise<Readiness>;
  /** Reports not ready from now on: the server is about to stop. */
  beginStop(): void;
  /** Answers clients that only wait for changes at once, from now on: the server stops. */
  stopWaiting(): void;
  close(): Promise<void>;
};

/** Cheap routes that probes must reach even if their address has exceeded its rate. */
const unlimited: ReadonlySet<string> = new Set(["/health", "/ready"]);

/** All routes of the server, without a listening port. */
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
  const requestReads = new ReadRouter({ servers, graph, states, rowCacheSize });
  const submissionService = new SubmissionService(database, submissions, () => requestReads.written());
  const addressOf = createAddressReader(rate.trustedProxies);
  const isWithinRate = createRateGate(rate, addressOf);
  const watch = new ChangeWatch(database);
  const live = new ChangeSubscriptions(database, watch);
  const explorer = createExplorerHandlers();
  const graphql = createGraphqlHandler({
    reads: requestReads,
    logError,
    maximumBodySize,
    limits,
    submitFor: (authorization) => submissionService.submitFor(authorization),
    clientOf: (request) => clientKey(addressOf(request)),
    follow: (request) => live.follow(clientKey(addressOf(request))),
    streamTimes,
    keyring,
    settings,
    graphiql: explorer.graphiql,
  });
  let isStopping = false;
  const readiness = createReadinessCheck({
    database,
    graph,
    isStopping: () => isStopping,
    isListening: () => watch.isListening(),
  });
  const { milliseconds } = limits;
  const routeOf = createRouter(
    routesOf({
      health: (request, response) => answerHealth(graph, request, response),
      readiness: (request, response) => answerReadiness(readiness, request, response),
      graphql: graphql.handle,
      submissions: createSubmissionHandlers(submissionService, { milliseconds, logError }),
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
    found: RouteMatch | null,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const isUnlimited = found !== null && unlimited.has(found.route.name);
    if (!isUnlimited && !isWithinRate(request, response)) return;
    try {
      if (found === null) await answerNotFound(explorer, request, response);
      else await answerRoute(found, request, response);
    } catch (error) {
      // The database failed, or the connection closed: no client is left to answer, and nothing is wrong here.
      if (response.destroyed && isServerFault(error)) return;
      logError(isServerFault(error) ? "a request failed with UNAVAILABLE" : "a request failed", error);
      if (response.headersSent) response.destroy();
      else sendFailure(request, response, error);
    }
  };
  const close = async () => {
    await graphql.close();
    await submissionService.close();
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

/** Browsers get the explorer's page, other clients an error. */
async function answerNotFound(
  explorer: ExplorerHandlers,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isPageRequest = readOnly.includes(request.method ?? "") && acceptsHtml(request.headers.accept);
  if (isPageRequest && (await explorer.notFound(request, response))) return;
  const message = "Nothing is served at this address.";
  sendError(request, response, 404, { code: "NOT_FOUND", message });
}
