import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { buildIfNeeded } from "../bin/build.js";
import { startBenchServer } from "./bench-server.ts";
import { runBulk } from "./bulk-run.ts";
import { corpusFile } from "./corpus.ts";
import { figure, quantile } from "./graph/compare.ts";
import { readArxivIds, readTables } from "./graph/hep-th.ts";
import { queries } from "./graph/http-kinds.ts";
import { bodyOf, load } from "./graph/http-load.ts";
import { below, randomOf } from "./graph/random.ts";
import { assertReachedCounts } from "./graph/reached.ts";
import { processMemory } from "./process-memory.ts";
import { type Service, startService } from "./service.ts";

const clients = 24;
/** The share of the corpus that is stored before; the rest is ingested during the queries. */
const firstPart = 0.35;

const mixed: Readonly<Record<string, (ref: string, other: string) => string>> = {
  "set size, 3 hops": (ref) => bodyOf(queries.reach, { ref }),
  "shortest path": (from, to) => bodyOf(queries.path, { from, to }),
  "co-citation, first 20": (ref) => bodyOf(queries.coCitation, { ref }),
  "coupling, first 20": (ref) => bodyOf(queries.coupling, { ref }),
  "neighbourhood, 300 nodes": (ref) => bodyOf(queries.graph, { ref }),
  "all reached, both directions": (ref) =>
    bodyOf(
      "query ($ref: String!) { reachableWorks(ref: $ref, direction: BOTH, maxDepth: 100) { total truncated } }",
      { ref },
    ),
  "common references": (ref, other) =>
    bodyOf(
      "query ($refs: [String!]!) { commonReferences(refs: $refs) { nodes { sharedBy work { arxivId } } } }",
      {
        refs: [ref, other],
      },
    ),
  "first by PageRank": () =>
    bodyOf("{ topWorks(by: PAGERANK, first: 20) { nodes { score work { arxivId title } } } }", {}),
  "first by citations": () =>
    bodyOf("{ topWorks(by: CITED_BY_COUNT, first: 20) { nodes { score work { arxivId title } } } }", {}),
};

/**
 * `npm run bench -- soak [--seconds=60]`: 24 clients send mixed graph queries over HTTP while most of hep-th is
 * ingested. Fails at the first error, and if the answers afterwards differ from the tables.
 */
export async function run(given: readonly string[]): Promise<void> {
  buildIfNeeded();
  const seconds = Number(given.find((text) => text.startsWith("--seconds="))?.slice(10) ?? 60);
  const server = await startBenchServer();
  try {
    const database = await server.createDatabase("soak");
    const site = { url: database.url, keyring: server.keyring, pool: database.pool };
    const [first, rest] = await splitCorpus(server.folder);
    await runBulk(site, first);
    await database.pool.query("VACUUM (ANALYZE)");
    const refs = await readArxivIds(database);
    const before = (await readTables(database)).citing.length;
    const service = await startService(site);
    try {
      const ingesting = runBulk(site, rest);
      const memory = watchMemory(service);
      const port = Number(new URL(service.origin).port);
      const bodies = mixedBodies(refs);
      const querying = load({ port, connections: clients, seconds, bodies });
      // If one fails, the other still has its resources.
      await Promise.allSettled([querying.finally(() => memory.stop()), ingesting]);
      const answered = await querying;
      const resident = memory.stop();
      const ingested = (await ingesting).seconds;
      printTable(bodies, answered.times, answered.places);
      console.log(
        `${answered.requests} answers of ${clients} clients in ${seconds} s, no error; ${figure(answered.perSecond)} a second`,
      );
      console.log(
        `memory of the server, MB: ${figure(Math.max(...resident))} at most; every ten seconds ` +
          resident
            .filter((_, index) => index % 20 === 0)
            .map(figure)
            .join(", "),
      );
      const list = await readTables(database);
      console.log(
        `${list.citing.length - before} citations were added to ${before} in the same time; the ingest took ${figure(ingested)} s`,
      );
      await caughtUp(service);
      const arxivIds = await readArxivIds(database);
      const after = await load({
        port,
        connections: 4,
        seconds: 1,
        bodies: refs.slice(0, 500).map((ref) => bodyOf(queries.reach, { ref })),
      });
      assertReachedCounts(after, refs, list, arxivIds);
      console.log("the answers afterwards equal the tables");
    } finally {
      await service.close();
    }
  } finally {
    await server.close();
  }
}

/** The corpus in two files: its first part and the rest. */
async function splitCorpus(folder: string): Promise<[string, string]> {
  const corpus = await corpusFile([1]);
  const lines = createInterface({ input: createReadStream(corpus) });
  const paths: [string, string] = [join(folder, "first.ndjson"), join(folder, "rest.ndjson")];
  const files = paths.map((path) => createWriteStream(path));
  const random = randomOf(3);
  for await (const line of lines) {
    const file = files[random() < firstPart ? 0 : 1];
    if (file?.write(`${line}\n`) === false) await once(file, "drain");
  }
  await Promise.all(files.map((file) => new Promise<void>((resolve) => file.end(() => resolve()))));
  return paths;
}

/** Equally many bodies of each kind, in turn. */
function mixedBodies(refs: readonly string[]): string[] {
  const random = randomOf(5);
  const pick = () => refs[below(random, refs.length)] as string;
  const kinds = Object.values(mixed);
  return Array.from({ length: 2000 * kinds.length }, (_, index) =>
    (kinds[index % kinds.length] as (ref: string, other: string) => string)(pick(), pick()),
  );
}

function printTable(bodies: readonly string[], times: readonly number[], places: readonly number[]): void {
  const names = Object.keys(mixed);
  console.log(
    `\n${"ms".padEnd(28)}${["count", "p50", "p95", "p99", "max"].map((name) => name.padStart(10)).join("")}`,
  );
  for (const [kind, name] of names.entries()) {
    const own = times.filter((_, index) => ((places[index] ?? 0) % bodies.length) % names.length === kind);
    const figures = [0.5, 0.95, 0.99, 1].map((share) => figure(quantile(own, share)));
    console.log(
      `${name.padEnd(28)}${[own.length.toString(), ...figures].map((text) => text.padStart(10)).join("")}`,
    );
  }
}

/** Samples the resident memory of the server's process in MB; needs /proc. */
function watchMemory({ pid }: Service): { stop(): number[] } {
  const samples: number[] = [];
  let isStopped = false;
  const sample = () => {
    samples.push(processMemory(pid).now);
  };
  sample();
  const timer = setInterval(sample, 500);
  return {
    stop() {
      if (!isStopped) sample();
      isStopped = true;
      clearInterval(timer);
      return samples;
    },
  };
}

/** Resolves once the graph in memory has all committed changes. */
async function caughtUp({ origin }: Service): Promise<void> {
  for (;;) {
    const { graph } = (await (await fetch(`${origin}/health`)).json()) as {
      graph: { isLoaded: boolean; lagPositions: number };
    };
    if (graph.isLoaded && graph.lagPositions === 0) return;
    await pause(100);
  }
}
