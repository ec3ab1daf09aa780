import type { Command } from "commander";
import { type Config, readConfig } from "../config/index.ts";
import type { Log } from "../runtime/index.ts";
import {
  defaultUnreadLimits,
  type ListeningServer,
  type RunningServer,
  startListening,
} from "../server/index.ts";
import type { Service } from "../service.ts";
import { type Database, readRebuildDue } from "../store/index.ts";
import { startTelemetry } from "../telemetry/index.ts";
import { CommandError, exitStatus, withoutStack } from "./command-error.ts";
import { optionOverrides, warnOfUnknownVariables } from "./config.ts";
import { openConfiguredDatabase } from "./context.ts";
import { finishInterruptedLoad } from "./first-load.ts";
import { aborted, forceExit, listenForInterruption } from "./interruption.ts";
import { loadKeyring } from "./keyring-file.ts";
import { keyringOption } from "./options.ts";
import { runningService } from "./running-service.ts";
import { isSampleLoaded, loadSample, sampleKeyringPath } from "./sample.ts";

type ServiceOptions = {
  readonly sample: boolean;
  readonly keyring?: string;
  readonly port?: string;
  readonly host?: string;
  readonly json?: boolean;
};

const portOption = ["--port <number>", "port to listen on (PORT; 4000)"] as const;
const hostOption = ["--host <address>", "address to listen on (HOST; 127.0.0.1)"] as const;

/** The effect of `--json` on commands that serve until they are stopped. */
const logJson =
  "log JSON lines (PITH_GRAPH_LOG_FORMAT=json); the line with msg `listening` has host and port";

/** Milliseconds after which the service closes connections without a request when it stops. */
const idleMilliseconds = 500;

export function addStartCommand(program: Command): void {
  program
    .command("start")
    .description(
      "serve the API and the explorer, with sample data; starts an embedded PostgreSQL unless DATABASE_URL is set",
    )
    .option("--no-sample", "don't load the sample data or trust its key")
    .option(...keyringOption)
    .option(...portOption)
    .option(...hostOption)
    .option("--json", logJson)
    .addHelpText(
      "after",
      `
Runs until Ctrl-C. The first start imports the sample (1,052 papers). Other commands can run at the same time.

Examples:
  $ pith-graph start
  $ pith-graph start --no-sample --port 8080`,
    )
    .action((options: ServiceOptions) => runService(options, "with-tokens"));
}

type ServeOptions = Omit<ServiceOptions, "sample"> & { readonly worker: boolean };

export function addServeCommand(program: Command): void {
  program
    .command("serve")
    .description("serve the API and the explorer and process submissions, without sample data")
    .option("--no-worker", "don't process submissions; run `pith-graph worker` elsewhere")
    .option(...keyringOption)
    .option(...portOption)
    .option(...hostOption)
    .option("--json", logJson)
    .addHelpText(
      "after",
      "\nExamples:\n  $ pith-graph serve --host 0.0.0.0\n  $ pith-graph serve --no-worker",
    )
    .action(({ worker, ...options }: ServeOptions) =>
      runService({ ...options, sample: false }, worker ? "always" : "never"),
    );
}

/** Serves until it is asked to stop. The worker runs if submissions are possible, always, or never. */
async function runService(
  options: ServiceOptions,
  workerRuns: "with-tokens" | "always" | "never",
): Promise<void> {
  const config = readConfig(process.env, optionOverrides({ ...options, logsJson: options.json }));
  const paths = [config.keyringPath, options.keyring];
  const keyring = await loadKeyring(paths);
  const { signal } = listenForInterruption();
  const telemetry = startTelemetry(config, "api");
  const { log } = telemetry;
  let killTimer: NodeJS.Timeout | undefined;
  // Requests have had their time by then, and the worker its own. This also applies before it serves.
  const limitStop = () => {
    killTimer ??= forceExit(config.drainSeconds + 2 * config.stopSeconds, log);
  };
  signal.addEventListener("abort", limitStop, { once: true });
  warnOfUnknownVariables(log);
  // Listens first: a port in use is noticed before a database is created.
  const server = await listenFirst(
    config,
    log,
    workerRuns === "with-tokens" ? "npm start" : "pith-graph serve",
  );
  const place = config.databaseUrl === undefined ? `PostgreSQL in ${config.dataDirectory}` : "the database";
  log.info(`Opening ${place} …`);
  // As long as a query may take: clients that wait longer for a connection are asked to retry.
  const connectionMilliseconds = config.limits.milliseconds;
  const database = await openConfiguredDatabase(
    config,
    () => {},
    { connectionMilliseconds },
    (line) => log.info(line),
  ).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  let service: Service | undefined;
  try {
    await warnOfDueRebuild(database, log);
    await finishInterruptedLoad(database, { signal, log });
    await prepareSample(database, paths, { isWanted: options.sample, signal, log });
    if (signal.aborted) return;
    const hasWorker =
      workerRuns === "always" || (workerRuns === "with-tokens" && config.submissions.tokens.length > 0);
    const worker = hasWorker ? { keyring: options.keyring } : null;
    const parts = { config, keyring, telemetry, server, database, worker };
    // Loading it takes a second, which help and early errors do without.
    const { startService } = await import("../service.ts");
    service = await withoutStack(() => startService(parts));
    announce(server, config, log, await examplePaper(database));
    await aborted(signal);
    log.info("Stopping …");
  } finally {
    limitStop();
    await (service ?? server).close();
    await database.close();
    await telemetry.close();
    clearTimeout(killTimer);
  }
}

/**
 * Reports that the service is ready: to people with a query to paste, to a log collector with a line. `paper` is the
 * paper of that query; if null, none is stored, and commands that import some are named instead.
 */
function announce(server: RunningServer, { host, logFormat }: Config, log: Log, paper: string | null): void {
  if (logFormat === "json") {
    log.info({ host, port: server.port }, "listening");
    return;
  }
  const shown = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  const home = `http://${shown}:${server.port}/`;
  process.stdout.write(`
pith-graph is ready: ${home}graphql
Explorer: ${home}

${paper === null ? emptyText : exampleText(`${home}graphql`, paper)}
Press Ctrl-C to stop.
`);
}

function exampleText(url: string, paper: string): string {
  return `Who asserted a paper's claims, and what proves it:

curl -s ${url} -H 'content-type: application/json' \\
  -d '{"query":"{ paper(ref: \\"${paper}\\") { title claims(first: 2) { nodes { text provenance { proof signer { signerId } } } } } }"}'
`;
}

const emptyText = `No papers are stored yet. To add some, run one of these with the same settings:

pith-graph ingest <files or folders>          import bundles and states from disk
pith-graph sync https://mirror.example.org    import all papers of another mirror
`;

/** A paper for the example: the registry's own if it is stored, else one with claims; null if there is none. */
async function examplePaper({ pool }: Database): Promise<string | null> {
  const { rows } = await pool.query<{ paper: string }>(
    `(SELECT 'arXiv:2302.12192' AS paper, 1 AS choice FROM paper_keys WHERE key = 'arxiv:2302.12192' LIMIT 1)
     UNION ALL (SELECT pith_number, 2 FROM papers WHERE paper_id IN (SELECT paper_id FROM claims LIMIT 1))
     UNION ALL (SELECT pith_number, 3 FROM papers LIMIT 1)
     ORDER BY choice LIMIT 1`,
  );
  return rows[0]?.paper ?? null;
}

/** Listens; requests are answered 503 until there is an app to serve. */
async function listenFirst(config: Config, log: Log, command: string): Promise<ListeningServer> {
  const { host, port } = config;
  try {
    return await startListening({
      host,
      port,
      stop: {
        drain: config.drainSeconds * 1_000,
        idle: idleMilliseconds,
        timeout: config.stopSeconds * 1_000,
      },
      connections: defaultUnreadLimits(config.unreadBytes),
      logError: (message, error) => log.error({ err: error }, message),
    });
  } catch (error) {
    const { message, cause } = error as Error & { readonly cause?: NodeJS.ErrnoException };
    if (cause?.code !== "EADDRINUSE") throw new CommandError(message, exitStatus.unavailable);
    const running = await runningService(host, port);
    const fault =
      running === null
        ? message
        : `pith-graph is already running at ${running} (port ${port} of ${host} is in use).`;
    const other = `PORT=${port + (port < 65_535 ? 1 : -1)} ${command}`;
    throw new CommandError(fault, exitStatus.unavailable, { next: other });
  }
}

async function warnOfDueRebuild({ pool }: Database, log: Log): Promise<void> {
  const reason = await readRebuildDue(pool);
  if (reason !== null) log.warn(`${reason} Run \`pith-graph rebuild\`.`);
}

async function prepareSample(
  database: Database,
  paths: readonly (string | undefined)[],
  { isWanted, signal, log }: { readonly isWanted: boolean; readonly signal: AbortSignal; readonly log: Log },
): Promise<void> {
  const isLoaded = await isSampleLoaded(database);
  if (!isWanted && isLoaded) {
    log.warn(
      "This database contains the sample from an earlier start. For a database without it, set PITH_GRAPH_DATA to a new folder.",
    );
  }
  if (!isWanted || isLoaded) return;
  log.info("Importing the sample …");
  const keyring = await loadKeyring([...paths, sampleKeyringPath]);
  await loadSample(database, keyring, {
    signal,
    onBatch: (name, { documents }) =>
      log.info(`${name}: ${documents} ${documents === 1 ? "document" : "documents"}`),
  });
}
