import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, Server as NetServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { App } from "./app.ts";
import { ConnectionTracker, type UnreadLimits } from "./connection-limits.ts";
import type { LogError } from "./graphql/index.ts";
import { pathOf, rewriteAbsoluteForm, sendError, sendJson } from "./http/index.ts";

type ListenOptions = {
  /** 0 picks a free one. */
  readonly port: number;
  readonly host: string;
  readonly stop?: StopTimes;
  readonly slowClients?: SlowClients;
  /** Limits on the memory of unread answers. Defaults to 256 MiB. */
  readonly connections?: UnreadLimits;
  /** Called if a connection cannot be accepted (too many open files). Defaults to standard error. */
  readonly logError?: LogError;
};

type ServerOptions = ListenOptions & { readonly app: App };

/** How a server stops. All in milliseconds. */
type StopTimes = {
  /** How long connections are still accepted while `/ready` reports the stop. Defaults to 0. */
  readonly drain?: number;
  /**
   * How long a kept-alive connection may stay idle once no more are accepted: a request may be on its way on it.
   * Defaults to 0.
   */
  readonly idle?: number;
  /** How long running requests may take from then on. Defaults to 10 s. */
  readonly timeout?: number;
};

/** How long a client may take to send headers and a request, and how often this is checked. In milliseconds. */
type SlowClients = { readonly headers: number; readonly request: number; readonly checkInterval: number };

const defaultSlowClients: SlowClients = { headers: 20_000, request: 60_000, checkInterval: 5_000 };

export type RunningServer = {
  readonly port: number;
  /** `http://host:port` */
  readonly url: string;
  /** Bytes of answers that clients have not read yet and that this process buffers. */
  unreadBytes(): number;
  /** Stops accepting connections, ends running requests after the timeout. May be called again. */
  close(): Promise<void>;
};

/** A server that answers 503 until it is given an app. */
export type ListeningServer = RunningServer & { serve(app: App): void };

/** Listens and serves. Rejects with a readable message if it cannot listen. */
export async function startServer({ app, ...options }: ServerOptions): Promise<RunningServer> {
  const server = await startListening(options);
  server.serve(app);
  return server;
}

/** Listens first, so that a port in use is noticed before anything is set up. Rejects like `startServer`. */
export async function startListening({
  port,
  host,
  stop: times = {},
  slowClients = defaultSlowClients,
  connections: connectionLimits,
  logError = (message, error) => console.error(message, error),
}: ListenOptions): Promise<ListeningServer> {
  let app: App | undefined;
  let stopping: Promise<void> | undefined;
  let isPastIdle = false;
  // Limits how long a slow client may occupy a connection.
  const timeouts = {
    headersTimeout: slowClients.headers,
    requestTimeout: slowClients.request,
    connectionsCheckingInterval: slowClients.checkInterval,
  };
  const connections = new ConnectionTracker(connectionLimits);
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    // While the server stops, a kept-alive connection ends with the next answer on it.
    if (stopping !== undefined) response.setHeader("connection", "close");
    response.on("close", () => {
      // If its answer had begun before, it could not carry that header.
      if (isPastIdle) setImmediate(() => server.closeIdleConnections());
    });
    rewriteAbsoluteForm(request);
    if (app === undefined) answerStarting(request, response);
    else app.handle(request, response);
  };
  const server = createServer(timeouts, (request, response) => connections.handle(request, response, answer));
  connections.follow(server);
  await listenOn(server, port, host);
  server.on("error", (error) => logError("could not accept a connection", error));
  const address = server.address() as AddressInfo;
  const shownHost = address.family === "IPv6" ? `[${address.address}]` : address.address;
  const stop = async () => {
    const { drain = 0, idle = 0, timeout = 10_000 } = times;
    app?.beginStop();
    if (app !== undefined && drain > 0) await pause(drain);
    const closed = stopListening(server);
    app?.stopWaiting();
    const timer = setTimeout(() => server.closeAllConnections(), timeout);
    const closeIdle = () => {
      isPastIdle = true;
      server.closeIdleConnections();
    };
    // Input that has arrived on a connection by then is read before it counts as idle.
    const idleTimer = setTimeout(() => setImmediate(closeIdle), Math.min(idle, timeout));
    if (idle === 0) closeIdle();
    await closed;
    clearTimeout(timer);
    clearTimeout(idleTimer);
    // The HTTP server's own `close`, safe now that no connection is left. It ends the check for slow clients.
    server.close();
    await app?.close();
  };
  return {
    serve: (newApp) => {
      app = newApp;
    },
    port: address.port,
    url: `http://${shownHost}:${address.port}`,
    unreadBytes: () => connections.unreadBytes,
    close: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/**
 * Accepts no more connections; resolves when the last is closed. An HTTP server's own `close` would destroy idle ones,
 * and with them a request that has arrived and was not read yet.
 */
function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => NetServer.prototype.close.call(server, () => resolve()));
}

const retryAfter = { "retry-after": "2" };

/** Answers requests that arrive before the service is set up. `/health` is 200: the process is alive. */
function answerStarting(request: IncomingMessage, response: ServerResponse): void {
  const path = pathOf(request);
  if (path === "/health") {
    sendJson(request, response, 200, { status: "starting", graph: { isLoaded: false } });
  } else if (path === "/ready") {
    sendJson(request, response, 503, { status: "not ready", service: "starting" }, retryAfter);
  } else {
    sendError(request, response, 503, {
      code: "UNAVAILABLE",
      message: "The service is starting. Try again in a few seconds.",
      headers: { ...retryAfter, "access-control-allow-origin": "*" },
    });
  }
}

/** Listens. Rejects with a readable message if it cannot, with the system's error as the cause. */
export function listenOn(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) =>
      reject(new Error(explain(error, port, host), { cause: error }));
    server.once("error", fail);
    server.listen(port, host, () => {
      server.off("error", fail);
      resolve();
    });
  });
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `Port ${port} of ${host} is in use by another program. Stop that program, or choose another port.`;
    case "EACCES":
      return `This user cannot listen on port ${port}. Choose a port from 1024.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is no address of this machine.`;
    default:
      return `Can't listen on ${host}:${port}: ${error.message}`;
  }
}
