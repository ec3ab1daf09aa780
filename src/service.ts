import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Config } from "./config/index.ts";
import { startGraph } from "./graph/index.ts";
import type { Keyring } from "./protocol/index.ts";
import { backoffDelay, errorText, type Log } from "./runtime/index.ts";
import { createApp, graphqlSettings, type ListeningServer, startMetricsServer } from "./server/index.ts";
import { type Database, openDatabase, ReadServers } from "./store/index.ts";
import {
  collectGraphMetrics,
  collectPoolMetrics,
  collectTableMetrics,
  type Family,
  gauge,
  type Telemetry,
} from "./telemetry/index.ts";

type ServiceOptions = {
  readonly config: Config;
  readonly keyring: Keyring;
  readonly telemetry: Telemetry;
  /** Receives the requests; the service closes it. */
  readonly server: ListeningServer;
  /** Its schema must be up to date. The caller owns it and closes it after the service. */
  readonly database: Database;
  /** The worker that this process starts; null if another process handles submissions, or they are not accepted. */
  readonly worker: { readonly keyring: string | undefined } | null;
};

export type Service = {
  /** Accepts no more requests, lets running requests and the worker's batch finish, and closes everything. */
  close(): Promise<void>;
};

/**
 * The composition root: starts everything that serves requests, in this order, as configured. It is closed in reverse
 * order, except for the server, which is closed first: its requests may wait for the others.
 *
 * Rejects, with everything closed again, if the GraphQL settings cannot be read or metrics cannot be served; the
 * message says what to do.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config, keyring, telemetry, server, database, worker: workerOptions } = options;
  const { limits } = config;
  const { log, metrics } = telemetry;
  const logError = (message: string, error: unknown) => log.error({ err: error }, message);
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    await server.close();
    for (const end of closing.reverse()) await end();
  };
  try {
    const graphql = await graphqlSettings(config.graphql);
    // A query times out earlier by itself; this limit ends the statements that its time-out missed.
    const statementMilliseconds = limits.milliseconds + 1_000;
    const reads = openDatabase({
      connection: database.connection,
      statementMilliseconds,
      connectionMilliseconds: limits.milliseconds,
    });
    closing.push(() => reads.close());
    const readServers = new ReadServers({
      primary: reads,
      replicas: config.replicaUrls,
      maxDelaySeconds: config.replicaSeconds,
      statementMilliseconds,
      onChange: ({ number, reason }) => {
        if (reason === null) log.info({ replica: number }, `Replica ${number} is in use.`);
        else log.warn({ replica: number }, `Replica ${number} is not used: ${reason}.`);
      },
    });
    closing.push(() => readServers.close());
    const graph = startGraph(database, {
      adjacency: config.graphAdjacency,
      maxSummaryBytes: config.graphWorkCacheMegabytes * 1e6,
      onLoadError: (error) => logError("could not load the citation graph", error),
    });
    closing.push(() => graph.close());
    const app = createApp({
      database,
      readServers,
      graph,
      submissions: config.submissions,
      exports: config.exports,
      baseUrl: config.baseUrl,
      limits,
      rate: { requestsPerMinute: config.requestsPerMinute, trustedProxies: config.trustedProxies },
      graphql,
      keyring,
      maximumBodySize: config.maximumQueryBytes,
      logError,
    });
    let worker: WorkerProcess | undefined;
    if (metrics !== null && config.metrics !== undefined) {
      collectPoolMetrics(metrics, { writes: database.pool, reads: reads.pool });
      collectTableMetrics(metrics, database);
      collectGraphMetrics(metrics, graph);
      metrics.collect(() => [
        gauge("pith_graph_http_unread_bytes", "Bytes of responses that clients have not read yet.", [
          [server.unreadBytes()],
        ]),
      ]);
      const listener = await startMetricsServer({
        ...config.metrics,
        families: () => Promise.all([telemetry.families(), worker?.families() ?? []]),
        readiness: app.readiness,
      });
      closing.push(() => listener.close());
      log.info({ host: config.metrics.host, port: listener.port }, "Serving metrics at /metrics.");
    }
    server.serve(app);
    if (workerOptions !== null) {
      worker = startWorkerProcess({ ...workerOptions, config, log });
      closing.push(worker.close);
    }
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

export type WorkerProcess = {
  /** The worker's metrics; empty if it does not answer. */
  families(): Promise<readonly Family[]>;
  /** Lets the worker finish its batch and resolves once it has exited; it is killed after `stopSeconds`. */
  close(): Promise<void>;
};

type WorkerProcessOptions = {
  readonly keyring?: string | undefined;
  readonly config: Pick<Config, "stopSeconds" | "logFormat">;
  readonly log: Log;
};

/** Works from both src and dist. */
const launcher = fileURLToPath(new URL("../bin/pith-graph.js", import.meta.url));

/** Milliseconds after which a worker counts as started well. */
const stableMilliseconds = 60_000;
/** Milliseconds to wait for the worker's metrics. */
const metricsMilliseconds = 1_000;

/** Runs `pith-graph worker` in a process of its own, and restarts it after a pause if it exits by itself. */
export function startWorkerProcess({ keyring, config, log }: WorkerProcessOptions): WorkerProcess {
  const args = ["worker"];
  if (keyring !== undefined) args.push("--keyring", keyring);
  if (config.logFormat === "json") args.push("--json");
  let child: ChildProcess | undefined;
  let isStopping = false;
  let failures = 0;
  let pause: NodeJS.Timeout | undefined;
  const run = () => {
    const startedAt = performance.now();
    const running = fork(launcher, args, { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
    child = running;
    let hasEnded = false;
    const onEnd = (how: string) => {
      if (hasEnded) return;
      hasEnded = true;
      child = undefined;
      if (isStopping) return;
      if (performance.now() - startedAt > stableMilliseconds) failures = 0;
      failures++;
      const delay = backoffDelay(failures, { firstDelay: 1_000, maxDelay: 30_000 });
      log.warn(`The worker ended (${how}). Restarting it in ${(delay / 1000).toFixed(1)} s.`);
      pause = setTimeout(run, delay);
    };
    running.on("error", (error) => onEnd(errorText(error)));
    running.on("exit", (status, signal) => onEnd(signal ?? `status ${status}`));
  };
  run();
  return {
    families: () => (child?.connected ? requestFamilies(child) : Promise.resolve([])),
    close: async () => {
      isStopping = true;
      clearTimeout(pause);
      const running = child;
      if (running === undefined) return;
      const timer = setTimeout(() => running.kill("SIGKILL"), config.stopSeconds * 1_000);
      const ended = new Promise((resolve) => running.once("exit", resolve));
      if (running.connected) running.disconnect();
      await ended;
      clearTimeout(timer);
    },
  };
}

function requestFamilies(child: ChildProcess): Promise<readonly Family[]> {
  return new Promise((resolve) => {
    const finish = (families: readonly Family[]) => {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
      resolve(families);
    };
    const onMessage = (message: unknown) => finish((message as { readonly families: Family[] }).families);
    const onExit = () => finish([]);
    const timer = setTimeout(onExit, metricsMilliseconds);
    child.on("message", onMessage);
    child.on("exit", onExit);
    child.send("metrics", (error) => {
      if (error !== null) onExit();
    });
  });
}
