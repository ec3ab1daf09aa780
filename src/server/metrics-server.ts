import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exposition, expositionType, type Family } from "../telemetry/index.ts";
import { ConnectionTracker } from "./connection-limits.ts";
import { answerReadiness, type Readiness } from "./health.ts";
import { send, sendError, sendJson } from "./http/index.ts";
import { listenOn } from "./listen.ts";

type MetricsServerOptions = {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** The metrics of each process. */
  readonly families: () => Promise<readonly (readonly Family[])[]>;
  readonly readiness: () => Promise<Readiness>;
};

export type MetricsServer = { readonly port: number; close(): Promise<void> };

/** Milliseconds for which requests share one answer, since collecting it costs SQL statements. */
const cacheMilliseconds = 500;

/**
 * Serves `/metrics`, `/health` and `/ready` to operators, on a separate address: the data is not public, and a proxy in
 * front of the service cannot expose it by mistake.
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { families, readiness, host, port } = options;
  let last: { readonly text: Promise<string>; readonly at: number } | undefined;
  const text = () => {
    if (last === undefined || performance.now() - last.at > cacheMilliseconds) {
      last = { text: families().then(exposition), at: performance.now() };
    }
    return last.text;
  };
  const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => unknown> = {
    "/metrics": async (request, response) => {
      send(request, response, 200, { type: expositionType, text: await text() });
    },
    "/health": (request, response) => sendJson(request, response, 200, { status: "ok" }),
    "/ready": (request, response) => answerReadiness(readiness, request, response),
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (route === undefined || (request.method !== "GET" && request.method !== "HEAD")) {
      return sendError(request, response, 404, {
        code: "NOT_FOUND",
        message: "This listener serves /metrics, /health and /ready.",
      });
    }
    try {
      await route(request, response);
    } catch {
      sendError(request, response, 500, { code: "INTERNAL_SERVER_ERROR", message: "Internal server error." });
    }
  };
  const connections = new ConnectionTracker();
  const server = createServer((request, response) => connections.handle(request, response, answer));
  connections.follow(server);
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  await listenOn(server, port, host);
  // Failing to accept a connection is no reason to end the service.
  server.on("error", () => {});
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
