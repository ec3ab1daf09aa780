import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import type pg from "pg";
import type { Json } from "../api/json.ts";
import { type ServerProcess, startProcess } from "../api/server-process.ts";
import type { Service } from "../service.ts";
import { figure, quantile } from "./compare.ts";
import type { EdgeList } from "./edge-list.ts";
import type { EngineName } from "./engine.ts";
import type { EngineSite } from "./engine-server.ts";
import { type HttpKind, httpKinds, namedAnswer, queries } from "./http-kinds.ts";
import { bodyOf, type LoadResult, load } from "./http-load.ts";
import type { Comparable } from "./questions.ts";
import { below, randomOf } from "./random.ts";
import { neighboursOf, reachedCount } from "./reached.ts";

const connections = 16;
const rivals: readonly EngineName[] = ["SQL", "graphology", "kuzu"];
const engineServer = fileURLToPath(new URL("engine-server.ts", import.meta.url));

export type HttpSite = {
  readonly service: Service;
  readonly connection: pg.PoolConfig;
  /** The file with the list of edges. */
  readonly edgeList: string;
  readonly list: EdgeList;
  /** Null for a work without one, which no question is about. */
  readonly arxivIds: readonly (string | null)[];
  readonly seconds: number;
};

/** The aimed multiple of the best rival's requests a second. */
const aim = 3;
/** The aimed requests a second of drawn graphs. */
const graphAim = 1000;
/** Roots of drawn graphs. */
const maxRoots = 2000;

/**
 * Measures requests a second of four questions, and of drawn graphs. SQL, graphology and kuzu answer the same questions
 * behind a bare node:http server, each work once, in the same order.
 */
export async function measureOverHttp(site: HttpSite): Promise<void> {
  const { arxivIds, seconds } = site;
  const works = shuffled(
    Array.from(arxivIds.keys()).filter((vertex) => arxivIds[vertex] !== null),
    randomOf(53),
  );
  console.log(
    `Over HTTP, ${connections} connections from another process, ${seconds} s each. pith-graph answers GraphQL, with the response\n` +
      "cache off. The others have no GraphQL, only JSON behind node:http: SQL with 10 connections to PostgreSQL,\n" +
      "graphology and kuzu in the server's process.",
  );
  const own = await measureOwn(site, works);
  const others = new Map<EngineName, KindResults>();
  for (const name of rivals) others.set(name, await measureRival(name, site, works));
  console.log(
    `${"requests/s (p95 in ms)".padEnd(24)}${["pith-graph", ...rivals].map((name) => name.padStart(18)).join("")}   pith-graph, of the best`,
  );
  for (const kind of httpKinds) {
    const mine = own.get(kind) as LoadResult;
    const theirs = rivals.map((name) => {
      const result = others.get(name)?.get(kind) as LoadResult;
      assertEqualAnswers(kind, name, mine, result, arxivIds);
      return result;
    });
    const cells = [mine, ...theirs].map(({ perSecond, times }) =>
      `${figure(perSecond)} (${figure(quantile(times, 0.95))})`.padStart(18),
    );
    const multiple = mine.perSecond / Math.max(...theirs.map(({ perSecond }) => perSecond));
    console.log(
      `  ${kind.name.padEnd(22)}${cells.join("")}   ${figure(multiple)} × (aim ${aim}: ${multiple >= aim ? "reached" : "MISSED"})`,
    );
  }
  console.log(`The first ${maxCompared(own)} answers of each are equal.`);
  await measureDrawnGraphs(site);
}

type KindResults = ReadonlyMap<HttpKind, LoadResult>;

async function measureOwn(
  { service, arxivIds, seconds }: HttpSite,
  works: readonly number[],
): Promise<KindResults> {
  const port = portOf(service);
  const refOf = (work: number) => arxivIds[work] as string;
  const results = new Map<HttpKind, LoadResult>();
  for (const kind of httpKinds) {
    const bodies = works.map((work, index) => kind.body(refOf(work), refOf(otherOf(works, index))));
    results.set(kind, await load({ port, connections, seconds, bodies }));
  }
  return results;
}

function portOf({ origin }: Service): number {
  return Number(new URL(origin).port);
}

/** The second work of a question about two. */
function otherOf(works: readonly number[], index: number): number {
  return works[(index * 7 + 1) % works.length] as number;
}

async function measureRival(
  name: EngineName,
  { edgeList, connection, seconds }: HttpSite,
  works: readonly number[],
): Promise<KindResults> {
  process.stderr.write(`${name} behind node:http …\n`);
  const folder = mkdtempSync(join(tmpdir(), "pith-graph-bench-engine-"));
  const engine: EngineSite = { name, site: { edgeList, connection, folder, maxConnections: 10 } };
  let server: ServerProcess | undefined;
  try {
    server = await startProcess({
      // graphology needs several hundred bytes an edge.
      command: ["--import", "tsx", "--max-old-space-size=12000", engineServer, JSON.stringify(engine)],
    });
    const results = new Map<HttpKind, LoadResult>();
    for (const kind of httpKinds) {
      const bodies = works.map((work, index) => JSON.stringify(kind.question(work, otherOf(works, index))));
      results.set(kind, await load({ port: server.port, connections, seconds, bodies }));
    }
    return results;
  } finally {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Throws if the first answers differ. */
function assertEqualAnswers(
  kind: HttpKind,
  name: EngineName,
  own: LoadResult,
  other: LoadResult,
  arxivIds: readonly (string | null)[],
): void {
  for (const [index, answer] of own.firstAnswers.entries()) {
    const theirs = other.firstAnswers[index];
    if (theirs === undefined) continue;
    const ours = kind.read(dataOf(answer));
    const expected = namedAnswer(dataOf(theirs) as Comparable, arxivIds);
    if (isDeepStrictEqual(ours, expected)) continue;
    throw new Error(
      `${kind.name}, question ${index}: ${name} answers ${JSON.stringify(expected)}, we ${JSON.stringify(ours)}.`,
    );
  }
}

function dataOf(answer: string): Json {
  return (JSON.parse(answer) as { data: Json }).data;
}

function maxCompared(results: KindResults): number {
  return Math.max(...[...results.values()].map(({ firstAnswers }) => firstAnswers.length));
}

async function measureDrawnGraphs({ service, list, arxivIds, seconds }: HttpSite): Promise<void> {
  const roots = largeRoots(list, arxivIds);
  console.log(`citationGraph of 300 nodes with titles and edges, from ${roots.length} roots`);
  for (const [name, query] of [
    ["edges as positions", queries.graph],
    ["edges as works", queries.graphOfWorks],
  ] as const) {
    const bodies = roots.map((ref) => bodyOf(query, { ref }));
    for (const count of [1, connections]) {
      const { times, perSecond } = await load({ port: portOf(service), connections: count, seconds, bodies });
      const isAimed = query === queries.graph && count === connections;
      console.log(
        `  ${`${name}, ${count} ${count === 1 ? "connection" : "connections"}`.padEnd(38)}${figure(perSecond).padStart(8)} requests/s, ` +
          `p50 ${figure(quantile(times, 0.5))} ms, p95 ${figure(quantile(times, 0.95))} ms` +
          (isAimed ? ` (aim ${graphAim}: ${perSecond >= graphAim ? "reached" : "MISSED"})` : ""),
      );
    }
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
  service: Service,
  refs: readonly string[],
  hub: string,
  seconds: number,
): Promise<void> {
  const port = Number(new URL(service.origin).port);
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
