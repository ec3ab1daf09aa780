import { randomInt } from "node:crypto";
import type { Service } from "../service.ts";
import { figure, quantile } from "./compare.ts";
import type { EdgeList } from "./edge-list.ts";
import { bodyOf, type LoadResult, load } from "./http-load.ts";
import { below, randomOf } from "./random.ts";

const connections = 16;

export const queries = {
  reach: "query ($ref: String!) { reachableWorks(ref: $ref, maxDepth: 3) { total } }",
  path: "query ($from: String!, $to: String!) { citationPath(from: $from, to: $to, maxDepth: 100) { length works { arxivId } } }",
  coCitation:
    "query ($ref: String!) { relatedWorks(ref: $ref, by: CO_CITATION, first: 20) { nodes { score sharedCount work { arxivId } } } }",
  coupling:
    "query ($ref: String!) { relatedWorks(ref: $ref, by: BIBLIOGRAPHIC_COUPLING, first: 20) { nodes { score sharedCount work { arxivId } } } }",
  graph: `query ($ref: String!) { citationGraph(roots: [$ref], depth: 3, maxNodes: 300) {
    nodeCount nodes { depth work { arxivId title } } edges { citing { arxivId } cited { arxivId } } } }`,
};

/** The best rate of SQL, graphology and kuzu over HTTP, measured before our adjacency existed, and the aimed multiple. */
const formerBest = { reach: 1265, path: 241, coCitation: 3002, coupling: 1100 } as const;
const aim = 3;

export type HttpMeasurement = {
  readonly service: Service;
  readonly list: EdgeList;
  readonly arxivIds: readonly string[];
  readonly seconds: number;
};

/** Measures requests a second of the four questions, each work queried once, and the time of a drawn graph. */
export async function measureOverHttp({ service, list, arxivIds, seconds }: HttpMeasurement): Promise<void> {
  const port = Number(new URL(service.origin).port);
  const refs = shuffled(arxivIds);
  const run = (bodies: readonly string[], count = connections) =>
    load({ port, connections: count, seconds, bodies });
  const reach = await run(refs.map((ref) => bodyOf(queries.reach, { ref })));
  assertReachedCounts(reach, refs, list, arxivIds);
  const results = {
    reach,
    path: await run(
      refs.map((from, index) => bodyOf(queries.path, { from, to: refs[(index * 7 + 1) % refs.length] })),
    ),
    coCitation: await run(refs.map((ref) => bodyOf(queries.coCitation, { ref }))),
    coupling: await run(refs.map((ref) => bodyOf(queries.coupling, { ref }))),
  };
  console.log(`Over HTTP, ${connections} connections from another process, ${seconds} s each:`);
  for (const [name, { perSecond, times }] of Object.entries(results)) {
    const best = formerBest[name as keyof typeof formerBest];
    console.log(
      `  ${name.padEnd(12)} ${figure(perSecond).padStart(8)} requests/s, ${figure(perSecond / best)}× ${best} (aim ${aim}×); ` +
        `p50 ${figure(quantile(times, 0.5))} ms, p95 ${figure(quantile(times, 0.95))} ms`,
    );
  }
  const large = await largeGraphs(list, arxivIds);
  for (const count of [1, connections]) {
    const { times, perSecond } = await run(large, count);
    console.log(
      `  citationGraph of 300 nodes with titles and edges, ${count} connections: p50 ${figure(quantile(times, 0.5))} ms, ` +
        `p95 ${figure(quantile(times, 0.95))} ms, ${figure(perSecond)} requests/s`,
    );
  }
}

/** Roots that reach at least 300 works in three steps. */
async function largeGraphs(list: EdgeList, arxivIds: readonly string[]): Promise<string[]> {
  const neighbours = neighboursOf(list);
  const random = randomOf(31);
  const bodies: string[] = [];
  for (let looked = 0; bodies.length < 500 && looked < 20_000; looked++) {
    const vertex = below(random, arxivIds.length);
    if (reached(neighbours, vertex, 3) >= 300) bodies.push(bodyOf(queries.graph, { ref: arxivIds[vertex] }));
  }
  return bodies;
}

/** Throws if the server's counts differ from those of a plain search. */
export function assertReachedCounts(
  { firstAnswers }: LoadResult,
  refs: readonly string[],
  list: EdgeList,
  arxivIds: readonly string[],
): void {
  const neighbours = neighboursOf(list);
  const places = new Map(arxivIds.map((arxivId, place) => [arxivId, place]));
  for (const [index, answer] of firstAnswers.entries()) {
    const total = reached(neighbours, places.get(refs[index] as string) as number, 3);
    const expected = `"total":${total}}`;
    if (!answer.includes(expected)) throw new Error(`${refs[index]}: ${answer} is not ${total}.`);
  }
}

function neighboursOf({ ids, citing, cited }: EdgeList): readonly (readonly number[])[] {
  const lists = Array.from(ids, (): number[] => []);
  for (let edge = 0; edge < citing.length; edge++) {
    (lists[citing[edge] as number] as number[]).push(cited[edge] as number);
  }
  return lists;
}

function reached(neighbours: readonly (readonly number[])[], from: number, depth: number): number {
  const seen = new Set([from]);
  let level = [from];
  for (let step = 0; step < depth; step++) {
    const next: number[] = [];
    for (const vertex of level) {
      for (const neighbour of neighbours[vertex] ?? []) {
        if (seen.has(neighbour)) continue;
        seen.add(neighbour);
        next.push(neighbour);
      }
    }
    level = next;
  }
  return seen.size;
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  const list = [...items];
  for (let last = list.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [list[last], list[other]] = [list[other] as Item, list[last] as Item];
  }
  return list;
}

/** Measures cheap questions alone, and beside constant expensive ones. */
export async function measureBeside(
  service: Service,
  arxivIds: readonly string[],
  hub: string,
  seconds: number,
): Promise<void> {
  const port = Number(new URL(service.origin).port);
  const cheap = shuffled(arxivIds)
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
