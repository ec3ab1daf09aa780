import type { Command } from "commander";
import { type Config, readConfig } from "../config.ts";
import { type GraphService, startGraph } from "../graph/index.ts";
import { createApp, graphqlSettings, type RunningServer, startServer } from "../server/index.ts";
import { type Database, openDatabase } from "../store/index.ts";
import { CommandError } from "./command-error.ts";
import { say } from "./context.ts";
import { exitStatus } from "./exit-status.ts";
import { aborted, listenForInterruption } from "./interruption.ts";
import { loadKeyring } from "./keyring-file.ts";
import { openConfiguredDatabase } from "./open-database.ts";
import { isSampleLoaded, loadSample, sampleKeyringPath } from "./sample.ts";
import { startWorkerProcess, type WorkerProcess } from "./worker-process.ts";

export type ServiceOptions = {
  readonly sample: boolean;
  readonly keyring?: string;
  readonly port?: string;
  readonly host?: string;
};

export function addStartCommand(program: Command): void {
  program
    .command("start")
    .description("serve the GraphQL API; starts an embedded PostgreSQL unless DATABASE_URL is set")
    .option("--no-sample", "leave the sample, and trust in its key, out")
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option("--port <number>", "port to listen on (PORT; 4000)")
    .option("--host <address>", "address to listen on (HOST; 127.0.0.1)")
    .addHelpText(
      "after",
      `
Serves until Ctrl-C. At the first start it takes in the sample, some 1,050 papers. Other commands may run beside it.

Examples:
  $ pith-graph start
  $ pith-graph start --no-sample --port 8080`,
    )
    .action((options: ServiceOptions) => runService(options, "with-tokens"));
}

/** Serves until it is asked to stop. The worker runs where submissions may come, or always. */
export async function runService(
  options: ServiceOptions,
  workerRuns: "with-tokens" | "always",
): Promise<void> {
  const config = readConfig({
    ...process.env,
    ...(options.port === undefined ? {} : { PORT: options.port }),
    ...(options.host === undefined ? {} : { HOST: options.host }),
  });
  const paths = [config.keyringPath, options.keyring];
  await loadKeyring(paths);
  const { signal } = listenForInterruption();
  const place = config.databaseUrl === undefined ? `PostgreSQL in ${config.dataDirectory}` : "the database";
  say(`Opening ${place} …`);
  const database = await openConfiguredDatabase(config, () => {});
  let server: RunningServer | undefined;
  let worker: WorkerProcess | undefined;
  let graph: GraphService | undefined;
  let reads: Database | undefined;
  try {
    await prepareSample(database, paths, { isWanted: options.sample, signal });
    if (signal.aborted) return;
    graph = startGraph(database, {
      adjacency: config.graphAdjacency,
      onLoadError: (error) => console.error("the citation graph could not be loaded:", error),
    });
    reads = openDatabase({
      connection: database.connection,
      // A query ends by itself before; this is for what its end did not reach.
      statementMilliseconds: config.limits.milliseconds + 1_000,
    });
    server = await listen({ database, reads, graph }, config);
    if (workerRuns === "always" || config.submissions.tokens.length > 0) worker = startWorkerProcess(options);
    announce(server, config);
    await aborted(signal);
    say("Stopping …");
  } finally {
    // First the server: requests under way may wait for the worker.
    await server?.close();
    await worker?.close();
    await graph?.close();
    await reads?.close();
    await database.close();
  }
}

async function listen(
  parts: { readonly database: Database; readonly reads: Database; readonly graph: GraphService },
  config: Config,
): Promise<RunningServer> {
  const { host, port, submissions, baseUrl, limits, maximumQueryBytes, requestsPerMinute, trustedProxies } =
    config;
  const rate = { requestsPerMinute, trustedProxies };
  try {
    const graphql = await graphqlSettings(config.graphql);
    const app = createApp({
      ...parts,
      submissions,
      baseUrl,
      limits,
      rate,
      graphql,
      maximumBodySize: maximumQueryBytes,
    });
    return await startServer({ app, host, port });
  } catch (error) {
    // It says itself what to do: another port, most often.
    throw new CommandError(error instanceof Error ? error.message : String(error), exitStatus.impossible);
  }
}

async function prepareSample(
  database: Database,
  paths: readonly (string | undefined)[],
  { isWanted, signal }: { readonly isWanted: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const isLoaded = await isSampleLoaded(database);
  if (!isWanted && isLoaded) {
    say(
      "This database holds the sample from an earlier start. For one without it, set PITH_GRAPH_DATA to a new folder.",
    );
  }
  if (!isWanted || isLoaded) return;
  say("Taking in the sample …");
  const keyring = await loadKeyring([...paths, sampleKeyringPath]);
  await loadSample(database, keyring, {
    signal,
    onBatch: (name, summary) => say(`  ${name}: ${summary.documents} documents`),
  });
}

function announce(server: RunningServer, { host }: Config): void {
  const shown = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  const home = `http://${shown}:${server.port}/`;
  const url = `${home}graphql`;
  process.stdout.write(`
pith-graph is ready: ${url}
Look at it in a browser: ${home}

Ask who asserted a paper's claims, and how far that can be proved:

curl -s ${url} -H 'content-type: application/json' \\
  -d '{"query":"{ paper(ref: \\"arXiv:2302.12192\\") { title claims(first: 2) { nodes { text provenance { proof signer { signerId } } } } } }"}'

Ctrl-C stops it.
`);
}
