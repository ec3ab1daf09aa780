import { startGraph } from "../../src/graph/index.ts";
import { questionOf, withoutCache } from "../api/contestants.ts";
import { jobs, readParameters } from "../api/jobs.ts";
import { startLoadProcess } from "../api/load-process.ts";
import { startPithGraph } from "../api/server-process.ts";
import { connections } from "../api/turns.ts";
import type { BenchDatabase } from "../bench-server.ts";
import { processMemory } from "../process-memory.ts";

/** All of arXiv, with as many citations a paper as the corpus. */
const arxiv = { papers: 2_500_000, works: 5_000_000 } as const;

/** Milliseconds of each kind of query. */
const milliseconds = 4000;

/**
 * Prints the memory of the graph, of the summaries of works, and of a server's process that answered the queries of
 * `bench -- api`; and what follows for all of arXiv.
 */
export async function measureMemory(
  database: BenchDatabase,
  { papers, references }: { readonly papers: number; readonly references: number },
): Promise<void> {
  const graph = startGraph(database);
  await graph.waitUntilLoaded();
  const { vertices, edges, bytes, summaries, summaryBytes } = graph.status();
  await graph.close();
  const ofProcess = await processOf(database);

  const perEdge = bytes / edges;
  const perWork = summaryBytes / summaries;
  console.log(`memory at ${count(papers)} papers, ${count(vertices)} works, ${count(edges)} citations`);
  print("the graph", `${megabytes(bytes)}, ${perEdge.toFixed(1)} bytes a citation, including its works`);
  print(
    `summaries of ${count(summaries)} works`,
    `${megabytes(summaryBytes)}, ${perWork.toFixed(0)} bytes a work`,
  );
  print("the server's process, once they are loaded", `${ofProcess.loaded.toFixed(0)} MB`);
  print(
    "  after Q1 to Q6 of `bench -- api`",
    `${ofProcess.queried.toFixed(0)} MB, ${ofProcess.peak.toFixed(0)} at most`,
  );

  const arxivEdges = (arxiv.papers * references) / papers;
  const graphBytes = arxivEdges * perEdge;
  const allSummaries = arxiv.works * perWork;
  const rest = ofProcess.queried * 1024 ** 2 - bytes - summaryBytes;
  console.log(
    `reckoned for all of arXiv: ${count(arxiv.papers)} papers, ${count(arxiv.works)} works, ${count(arxivEdges)} citations`,
  );
  print("the graph", megabytes(graphBytes));
  print("summaries of all works (PITH_GRAPH_WORK_CACHE bounds them)", megabytes(allSummaries));
  print("the rest of the process, as here", megabytes(rest));
  print("together", megabytes(graphBytes + allSummaries + rest));
}

/** Megabytes of a server's process, with default settings but no response cache. */
async function processOf({ url, pool }: BenchDatabase) {
  const parameters = await readParameters(pool);
  const server = await startPithGraph(url, withoutCache);
  const load = startLoadProcess();
  try {
    const loaded = processMemory(server.pid).now;
    for (const job of jobs) {
      const { path, bodyOf } = questionOf(job);
      const bodies = parameters[job.name].map(bodyOf);
      await load.run({ port: server.port, path, bodies, connections, milliseconds });
    }
    const { now, peak } = processMemory(server.pid);
    return { loaded, queried: now, peak };
  } finally {
    load.close();
    await server.close();
  }
}

function print(what: string, figures: string): void {
  console.log(`  ${what.padEnd(60)} ${figures}`);
}

const count = (value: number) => Math.round(value).toLocaleString("en-US");
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
