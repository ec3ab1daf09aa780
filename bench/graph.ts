import { join } from "node:path";
import { buildIfNeeded } from "../bin/build.js";
import { type BenchDatabase, type BenchServer, startBenchServer } from "./bench-server.ts";
import { assertEqualAnswers, figure, printComparison } from "./graph/compare.ts";
import { type EdgeList, writeEdgeList } from "./graph/edge-list.ts";
import type { EngineName, EngineResult } from "./graph/engine.ts";
import { fillTables } from "./graph/fill-tables.ts";
import { hubOf, ingestHepTh, readArxivIds, readTables } from "./graph/hep-th.ts";
import { measureInProcess } from "./graph/in-process.ts";
import { measureBeside, measureOverHttp } from "./graph/over-http.ts";
import { pageRankTolerance, questionGroups } from "./graph/questions.ts";
import { runEngine } from "./graph/run-engine.ts";
import { fullSize, quickSize, syntheticGraph } from "./graph/synthetic.ts";
import { installPeers, peerNode } from "./peers/install.ts";
import { type Service, startService } from "./service.ts";

const engines: readonly EngineName[] = ["pith-graph", "SQL", "graphology", "kuzu"];

/**
 * `npm run bench -- graph [hep-th] [synthetic] [http] [--quick]`: the questions of the citation graph, on the ingested
 * hep-th and on a synthetic graph of 6 million edges, compared with recursive SQL on the same PostgreSQL, graphology in
 * memory and kuzu, an embedded graph database; then over HTTP from another process. A comparison is printed only if all
 * answers are equal. Defaults to all parts.
 */
export async function run(given: readonly string[]): Promise<void> {
  const isQuick = given.includes("--quick");
  const parts = given.filter((name) => !name.startsWith("--"));
  const wants = (part: string) => parts.length === 0 || parts.includes(part);
  installPeers();
  buildIfNeeded();
  const server = await startBenchServer();
  try {
    if (wants("hep-th") || wants("http")) await onHepTh(server, wants, isQuick);
    if (wants("synthetic") || wants("http")) await onSynthetic(server, wants, isQuick);
  } finally {
    await server.close();
  }
}

type Wants = (part: string) => boolean;

async function onHepTh(server: BenchServer, wants: Wants, isQuick: boolean): Promise<void> {
  const database = await server.createDatabase("hep_th");
  progress("Ingesting hep-th");
  const { seconds } = await ingestHepTh(database, server);
  const list = await readTables(database);
  console.log(
    `\nhep-th as ingested in ${figure(seconds)} s: ${list.ids.length} works, ${list.citing.length} citations\n`,
  );
  if (wants("hep-th")) await compare(server, database, list, hubOf(list), isQuick);
  if (!wants("http")) return;
  progress("Querying over HTTP");
  const arxivIds = await readArxivIds(database);
  await whileServing(server, database, (service) =>
    measureOverHttp({ service, list, arxivIds, seconds: isQuick ? 1 : 3 }),
  );
}

async function onSynthetic(server: BenchServer, wants: Wants, isQuick: boolean): Promise<void> {
  const size = isQuick ? quickSize : fullSize;
  const database = await server.createDatabase("synthetic");
  progress("Making the synthetic graph");
  const graph = syntheticGraph(size);
  progress("Writing it into the tables");
  const client = await database.pool.connect();
  await fillTables(client, graph).finally(() => client.release(true));
  console.log(
    `\nsynthetic: ${size.papers} works, ${size.edges} citations, a hub cited by ${size.hubCiters}; written directly into the tables\n`,
  );
  if (wants("synthetic")) await compare(server, database, graph, graph.hub, isQuick);
  await measureInProcess(database, graph, graph.hub);
  if (!wants("http")) return;
  progress("Querying over HTTP");
  await whileServing(server, database, (service) =>
    measureBeside(service, graph.arxivIds, graph.arxivIds[graph.hub] as string, isQuick ? 1 : 3),
  );
}

async function compare(
  server: BenchServer,
  { settings }: BenchDatabase,
  list: EdgeList,
  hub: number,
  isQuick: boolean,
): Promise<void> {
  const edgeList = join(server.folder, "edges.bin");
  writeEdgeList(edgeList, list);
  const groups = questionGroups(list, hub, pageRankTolerance(list), {
    count: isQuick ? 100 : 400,
    seconds: isQuick ? 1 : 2,
  });
  const results = new Map<EngineName, EngineResult>();
  for (const name of engines) {
    progress(name);
    results.set(name, await runEngine(name, { edgeList, connection: settings }, groups));
  }
  for (const { version } of results.values()) console.log(version);
  console.log(`Equal answers, each compared with ours:`);
  for (const line of assertEqualAnswers(groups, results)) console.log(`  ${line}`);
  console.log();
  printComparison(groups, results);
  const { bytes } = results.get("pith-graph") as EngineResult;
  console.log(
    `${"bytes an edge, ours".padEnd(32)}${figure((bytes ?? Number.NaN) / list.citing.length).padStart(24)}`,
  );
}

/** Runs work on a `pith-graph serve`, with the Node.js of all servers of a comparison. */
async function whileServing(
  { keyring }: BenchServer,
  { url, pool }: BenchDatabase,
  ask: (service: Service) => Promise<void>,
): Promise<void> {
  const node = peerNode();
  console.log(`The server on Node.js ${node.version}.`);
  const service = await startService({ url, keyring, pool }, node.path);
  try {
    await memoryLoaded(service);
    await ask(service);
  } finally {
    await service.close();
  }
}

/** Resolves once the graph is in memory. */
async function memoryLoaded({ origin }: Service): Promise<void> {
  for (;;) {
    const { graph } = (await (await fetch(`${origin}/health`)).json()) as { graph: { isLoaded: boolean } };
    if (graph.isLoaded) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function progress(text: string): void {
  process.stderr.write(`${text} …\n`);
}
