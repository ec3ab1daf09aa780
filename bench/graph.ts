import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildIfNeeded } from "../bin/build.js";
import { withoutCache } from "./api/contestants.ts";
import { createPlainSchema } from "./api/plain-schema.ts";
import { startPithGraph } from "./api/server-process.ts";
import type { Pace } from "./api/turns.ts";
import { type BenchDatabase, type BenchServer, startBenchServer } from "./bench-server.ts";
import { assertEqualAnswers, figure, printComparison } from "./graph/compare.ts";
import { type EdgeList, hubOf, writeEdgeList } from "./graph/edge-list.ts";
import type { EngineName, EngineResult } from "./graph/engine.ts";
import { ingestHepTh, readArxivIds, readTables } from "./graph/hep-th.ts";
import { measureInProcess } from "./graph/in-process.ts";
import { edgeListOf } from "./graph/large.ts";
import { measureBeside, measureOverHttp } from "./graph/over-http.ts";
import { pageRankTolerance, questionGroups } from "./graph/questions.ts";
import { runEngine } from "./graph/run-engine.ts";
import { corpusDatabase } from "./large-corpus/database.ts";
import { type CorpusSize, largeCorpus, largeSize, sizeOf } from "./large-corpus/network.ts";
import { installPeers } from "./peers/install.ts";

const engines: readonly EngineName[] = ["pith-graph", "SQL", "graphology", "kuzu"];

/**
 * `npm run bench -- graph [hep-th] [large] [http] [--papers N] [--data DIR] [--quick]`: the questions of the citation
 * graph, on the ingested hep-th and on the large corpus of `bench -- api` (300,000 papers, 6 million references, or N
 * papers with 20 each; kept in DIR), compared with recursive SQL on the same PostgreSQL, graphology in memory and kuzu,
 * an embedded graph database; then over HTTP from another process. A comparison is printed only if all answers are
 * equal. Defaults to all parts. `--quick` takes less time, and 60,000 papers.
 */
export async function run(given: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: { papers: { type: "string" }, data: { type: "string" }, quick: { type: "boolean" } },
  });
  const isQuick = values.quick === true;
  const wants = (part: string) => positionals.length === 0 || positionals.includes(part);
  const papers = values.papers ?? (isQuick ? "60000" : undefined);
  const size = papers === undefined ? largeSize : sizeOf(Number(papers));
  installPeers();
  buildIfNeeded();
  if (wants("hep-th") || wants("http")) {
    await withServer(undefined, (server) => onHepTh(server, wants, isQuick));
  }
  if (wants("large") || wants("http")) {
    await withServer(values.data, (server) => onLargeCorpus(server, size, wants, isQuick));
  }
}

async function withServer(
  dataFolder: string | undefined,
  work: (server: BenchServer) => Promise<void>,
): Promise<void> {
  const server = await startBenchServer(dataFolder);
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

type Wants = (part: string) => boolean;

async function onHepTh(server: BenchServer, wants: Wants, isQuick: boolean): Promise<void> {
  const database = await server.createDatabase("hep_th");
  progress("Ingesting hep-th");
  const { seconds } = await ingestHepTh(database, server);
  await createPlainSchema(database.pool, progress);
  const list = await readTables(database);
  const edgeList = join(server.folder, "edges.bin");
  writeEdgeList(edgeList, list);
  console.log(
    `\nhep-th as ingested in ${figure(seconds)} s: ${list.ids.length} works, ${list.citing.length} citations\n`,
  );
  if (wants("hep-th")) await compare(database, edgeList, list, isQuick);
  if (!wants("http")) return;
  const arxivIds = await readArxivIds(database);
  await measureOverHttp({ database, edgeList, list, arxivIds, pace: paceOf(isQuick) });
}

/** Of the comparison over HTTP. */
function paceOf(isQuick: boolean): Pace {
  const milliseconds = isQuick ? 500 : 1000;
  return { rounds: isQuick ? 1 : 3, milliseconds, warmUpMilliseconds: 1000 };
}

async function onLargeCorpus(
  server: BenchServer,
  size: CorpusSize,
  wants: Wants,
  isQuick: boolean,
): Promise<void> {
  const database = await corpusDatabase(server, size, progress);
  await createPlainSchema(database.pool, progress);
  progress("Making its list of edges");
  const { list, arxivIds } = edgeListOf(largeCorpus(size));
  const edgeList = join(server.folder, "edges.bin");
  writeEdgeList(edgeList, list);
  const hub = hubOf(list);
  const hubCiters = list.cited.reduce((count, vertex) => count + (vertex === hub ? 1 : 0), 0);
  console.log(
    `\nlarge: ${list.ids.length} works, ${size.papers} papers, ${list.citing.length} citations, a hub cited by ${hubCiters}; ` +
      "written directly into the tables\n",
  );
  if (wants("large")) {
    await compare(database, edgeList, list, isQuick);
    await measureInProcess(database, list, hub);
  }
  if (!wants("http")) return;
  await measureOverHttp({ database, edgeList, list, arxivIds, pace: paceOf(isQuick) });
  const refs = arxivIds.filter((arxivId) => arxivId !== null);
  const service = await startPithGraph(database.url, withoutCache);
  try {
    await measureBeside(service.port, refs, arxivIds[hub] ?? (refs[0] as string), isQuick ? 1 : 3);
  } finally {
    await service.close();
  }
}

async function compare(
  { settings }: BenchDatabase,
  edgeList: string,
  list: EdgeList,
  isQuick: boolean,
): Promise<void> {
  const groups = questionGroups(list, hubOf(list), pageRankTolerance(list), {
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

function progress(text: string): void {
  process.stderr.write(`${text} …\n`);
}
