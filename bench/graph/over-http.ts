import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { withoutCache } from "../api/contestants.ts";
import type { Json } from "../api/json.ts";
import { startLoadProcess } from "../api/load-process.ts";
import { type ServerProcess, startPithGraph, startProcess } from "../api/server-process.ts";
import { connections, type Pace, ratioOf, Stopwatch, type Turn } from "../api/turns.ts";
import type { BenchDatabase } from "../bench-server.ts";
import { postgresSeconds } from "../processor-time.ts";
import { figure, quantile } from "./compare.ts";
import type { EdgeList } from "./edge-list.ts";
import type { EngineName } from "./engine.ts";
import type { EngineSite } from "./engine-server.ts";
import { type HttpKind, httpKinds, type Named, namedAnswer, queries } from "./http-kinds.ts";
import { bodyOf, load } from "./http-load.ts";
import type { Comparable } from "./questions.ts";
import { below, randomOf } from "./random.ts";
import { neighboursOf, reachedCount } from "./reached.ts";

const rivals: readonly EngineName[] = ["SQL", "graphology", "kuzu"];
const engineServer = fileURLToPath(new URL("engine-server.ts", import.meta.url));

export type HttpSite = {
  readonly database: BenchDatabase;
  /** The file with the list of edges. */
  readonly edgeList: string;
  readonly list: EdgeList;
  /** Null for a work without one, which no question is about. */
  readonly arxivIds: readonly (string | null)[];
  readonly pace: Pace;
};

/** The aimed multiple of the best rival's requests a second. */
const aim = 3;
/** The aimed requests a second of drawn graphs. */
const graphAim = 1000;
/** Roots of drawn graphs. */
const maxRoots = 2000;
/** Works that are asked about, and those whose answers are compared. */
const maxWorks = 20_000;
const comparedWorks = 100;

/**
 * Measures requests a second of four questions, in turn with SQL, graphology and kuzu, which answer them behind a bare
 * node:http server; then of drawn graphs.
 */
export async function measureOverHttp(site: HttpSite): Promise<void> {
  const { database, arxivIds, pace } = site;
  const load = startLoadProcess();
  const servers: Server[] = [];
  try {
    servers.push({ name: "pith-graph", server: await startPithGraph(database.url, withoutCache) });
    for (const name of rivals) servers.push({ name, server: await startRival(name, site) });
    const works = shuffled(
      Array.from(arxivIds.keys()).filter((vertex) => arxivIds[vertex] !== null),
      randomOf(53),
    ).slice(0, maxWorks);
    console.log(
      `Over HTTP, ${connections} connections from another process, rounds in turn. pith-graph answers GraphQL, with the response\n` +
        "cache off. The others have no GraphQL, only JSON behind node:http: SQL with 10 connections to PostgreSQL,\n" +
        `graphology and kuzu in the server's process. The answers about ${comparedWorks} works are equal.`,
    );
    const stopwatch = new Stopwatch(load, () => postgresSeconds(database.pool));
    const columns = servers.map(({ name }) => name.padStart(18)).join("");
    console.log(`${"requests/s (p95 in ms)".padEnd(24)}${columns}   pith-graph, of the best`);
    for (const kind of httpKinds) await compareOn(kind, servers, works, arxivIds, stopwatch, pace);
    const [own] = servers;
    if (own !== undefined) await measureDrawnGraphs(own.server, site, stopwatch);
  } finally {
    load.close();
    await Promise.all(servers.map(({ server }) => server.close()));
  }
}

type Server = { readonly name: EngineName; readonly server: ServerProcess };

async function startRival(name: EngineName, { database, edgeList }: HttpSite): Promise<ServerProcess> {
  process.stderr.write(`Starting ${name} behind node:http …\n`);
  const folder = mkdtempSync(join(tmpdir(), "pith-graph-bench-engine-"));
  const engine: EngineSite = {
    name,
    site: { edgeList, connection: database.settings, folder, maxConnections: 10 },
  };
  const server = await startProcess({
    // graphology needs several hundred bytes an edge.
    command: ["--import", "tsx", "--max-old-space-size=12000", engineServer, JSON.stringify(engine)],
  });
  const close = async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...server, close };
}

/** Checks that all servers give the same answers, and prints the line of a kind of question. */
async function compareOn(
  kind: HttpKind,
  servers: readonly Server[],
  works: readonly number[],
  arxivIds: readonly (string | null)[],
  stopwatch: Stopwatch,
  pace: Pace,
): Promise<void> {
  const refOf = (work: number) => arxivIds[work] as string;
  const other = (index: number) => works[(index * 7 + 1) % works.length] as number;
  const turns = servers.map(({ name, server }): Turn => {
    const isOwn = name === "pith-graph";
    const bodies = works.map((work, index) =>
      isOwn ? kind.body(refOf(work), refOf(other(index))) : JSON.stringify(kind.question(work, other(index))),
    );
    return { name, server, path: "/graphql", bodies };
  });
  for (let index = 0; index < comparedWorks; index++) {
    const [ours, ...others] = await Promise.all(
      turns.map(async ({ name, server, path, bodies }): Promise<Named> => {
        const data = await dataOf(server.port, path, bodies[index] as string);
        return name === "pith-graph" ? kind.read(data) : namedAnswer(data as Comparable, arxivIds);
      }),
    );
    for (const [place, theirs] of others.entries()) {
      if (isDeepStrictEqual(ours, theirs)) continue;
      throw new Error(
        `${kind.name}, question ${index}: ${rivals[place]} answers ${JSON.stringify(theirs)}, we ${JSON.stringify(ours)}.`,
      );
    }
  }
  const results = await stopwatch.takeTurns(turns, pace);
  const [own, ...others] = results;
  if (own === undefined) return;
  const cells = results.map(({ rate, p95 }) => `${figure(rate)} (${figure(p95)})`.padStart(18));
  const multiple = Math.min(...others.map((result) => ratioOf(own, result)));
  const verdict = multiple >= aim ? "reached" : "MISSED";
  console.log(`  ${kind.name.padEnd(22)}${cells.join("")}   ${figure(multiple)} × (aim ${aim}: ${verdict})`);
}

async function dataOf(port: number, path: string, body: string): Promise<Json> {
  const headers = { "content-type": "application/json", accept: "application/json" };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", headers, body });
  const answer = (await response.json()) as { data?: Json; errors?: Json };
  if (answer.data === undefined || answer.errors !== undefined) throw new Error(JSON.stringify(answer));
  return answer.data;
}

async function measureDrawnGraphs(
  server: ServerProcess,
  { list, arxivIds, pace }: HttpSite,
  stopwatch: Stopwatch,
): Promise<void> {
  const roots = largeRoots(list, arxivIds);
  console.log(`citationGraph of 300 nodes with titles and edges, from ${roots.length} roots`);
  const turns = [
    { name: "edges as positions", query: queries.graph },
    { name: "edges as works", query: queries.graphOfWorks },
  ].flatMap(({ name, query }) => {
    const bodies = roots.map((ref) => bodyOf(query, { ref }));
    return [1, connections].map(
      (count): Turn => ({
        name: `${name}, ${count} ${count === 1 ? "connection" : "connections"}`,
        server,
        path: "/graphql",
        bodies,
        connections: count,
      }),
    );
  });
  for (const [index, result] of (await stopwatch.takeTurns(turns, pace)).entries()) {
    const { name, rate, p50, p95, serverCpu, bytes } = result;
    const verdict = rate >= graphAim ? "reached" : "MISSED";
    console.log(
      `  ${name.padEnd(38)}${figure(rate).padStart(8)} requests/s, p50 ${figure(p50)} ms, p95 ${figure(p95)} ms, ` +
        `CPU of the server ${serverCpu.toFixed(2)} ms, ${(bytes / 1000).toFixed(1)} kB` +
        (index === 1 ? ` (aim ${graphAim}: ${verdict})` : ""),
    );
  }
}

/** Roots, drawn from all works with an arXiv id, that reach at least 300 works in three steps. */
function largeRoots(list: EdgeList, arxivIds: readonly (string | null)[]): string[] {
  const neighbours = neighboursOf(list);
  const random = randomOf(31);
  const refs: string[] = [];
  for (let looked = 0; refs.length < maxRoots && looked < 50 * maxRoots; looked++) {
    const vertex = below(random, arxivIds.length);
    const ref = arxivIds[vertex];
    if (ref != null && reachedCount(neighbours, vertex, 3, 300) >= 300) refs.push(ref);
  }
  return refs;
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const list = [...items];
  for (let last = list.length - 1; last > 0; last--) {
    const other = below(random, last + 1);
    [list[last], list[other]] = [list[other] as Item, list[last] as Item];
  }
  return list;
}

/** Measures cheap questions alone, and beside constant expensive ones. */
export async function measureBeside(
  port: number,
  refs: readonly string[],
  hub: string,
  seconds: number,
): Promise<void> {
  const cheap = shuffled(refs, randomOf(59))
    .slice(0, 5000)
    .map((ref) => bodyOf(queries.reach, { ref }));
  const expensive: Readonly<Record<string, string>> = {
    "counting the complete graph in both directions": bodyOf(
      "query ($ref: String!) { reachableWorks(ref: $ref, direction: BOTH, maxDepth: 100) { total } }",
      { ref: hub },
    ),
    PageRank: bodyOf("{ topWorks(by: PAGERANK, first: 20) { nodes { score work { arxivId } } } }", {}),
    "citations of the hub, 5,000 nodes": bodyOf(
      "query ($ref: String!) { citationGraph(roots: [$ref], direction: CITED_BY, depth: 2, maxNodes: 5000) { nodeCount edgeCount } }",
      { ref: hub },
    ),
  };
  const ask = () => load({ port, connections: 4, seconds, bodies: cheap });
  const alone = quantile((await ask()).times, 0.95);
  console.log(`Cheap questions (3-hop set sizes, 4 connections): p95 ${figure(alone)} ms alone`);
  for (const [name, body] of Object.entries(expensive)) {
    const [beside, others] = await Promise.all([
      ask(),
      load({ port, connections: 1, seconds: seconds + 1, bodies: [body] }),
    ]);
    const p95 = quantile(beside.times, 0.95);
    console.log(
      `  beside ${name} (${others.requests} times, p50 ${figure(quantile(others.times, 0.5))} ms): p95 ${figure(p95)} ms, ` +
        `${figure(p95 - alone)} ms more`,
    );
  }
}
