import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { App } from "./app.ts";
import type { LogError } from "./mask-error.ts";

export type ServerOptions = {
  readonly app: App;
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  /** Milliseconds that running requests may take to finish once the server stops; 10 s unless told. */
  readonly stopTimeout?: number;
  /** Told where a connection cannot be taken (too many open files); standard error unless given. */
  readonly logError?: LogError;
};

export type RunningServer = {
  readonly port: number;
  /** `http://host:port` */
  readonly url: string;
  /** Takes no more connections, lets running requests finish, ends them after the timeout. May be called again. */
  close(): Promise<void>;
};

/** Listens. Rejects with a message for people where it cannot. */
export async function startServer({
  app,
  port,
  host,
  stopTimeout = 10_000,
  logError = (message, error) => console.error(message, error),
}: ServerOptions): Promise<RunningServer> {
  const server = createServer((request, response) => {
    if (stopping !== undefined) response.setHeader("connection", "close");
    // While the server stops, a kept-alive connection ends with the request that was running on it.
    response.on("close", () => {
      if (stopping !== undefined) setImmediate(() => server.closeIdleConnections());
    });
    app.handle(request, response);
  });
  // A slow client may hold a connection so long and no longer.
  server.headersTimeout = 20_000;
  server.requestTimeout = 60_000;
  let stopping: Promise<void> | undefined;

  await listen(server, port, host);
  server.on("error", (error) => logError("a connection could not be taken", error));
  const address = server.address() as AddressInfo;
  const shownHost = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return {
    port: address.port,
    url: `http://${shownHost}:${address.port}`,
    close: () => {
      stopping ??= stop(server, app, stopTimeout);
      return stopping;
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
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
      return `Port ${port} of ${host} is in use by another program. Choose another port, or end that program.`;
    case "EACCES":
      return `Port ${port} may not be used by this user. Choose one of 1024 or above.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is no address of this machine.`;
    default:
      return `Cannot listen on ${host}:${port}: ${error.message}`;
  }
}

async function stop(server: Server, app: App, timeout: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  app.stopWaiting();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), timeout);
  await closed;
  clearTimeout(timer);
  await app.close();
}
