import { describe, expect, test } from "vitest";
import { Meter } from "../../src/graph/budget.ts";
import { pageRank } from "../../src/graph/pagerank.ts";
import { runGraphQuery } from "../../src/graph/queries.ts";
import { Scratch } from "../../src/graph/scratch.ts";
import { GraphVersion } from "../../src/graph/version.ts";
import { baseOf, pick, randomOf } from "./random-graph.ts";

const random = randomOf(9);
const works = Array.from({ length: 2000 }, (_, index) => BigInt(index + 1) * 7_919n);
/** Every work cites 20 others, so that all are close; and all cite the first work. */
const edges = works.flatMap((citing) => [
  { citing, cited: works[0] as bigint, isAnchor: true },
  ...Array.from({ length: 20 }, () => ({ citing, cited: pick(random, works), isAnchor: false })),
]);
const graph = GraphVersion.of(baseOf({ works, edges }));
const scratch = new Scratch();
const [root = 0n, other = 0n] = works.slice(10);

const inputs = {
  neighbourhood: { roots: [root], direction: "REFERENCES", depth: 5, maxNodes: 5000 },
  path: { from: root, to: 424_242n * 7_919n, direction: "REFERENCES", maxDepth: 50 },
  reachable: { roots: [root], direction: "BOTH", maxDepth: 5 },
  relatedWorks: { work: root, by: "BIBLIOGRAPHIC_COUPLING", first: 5, shared: 5 },
  commonReferences: { works, least: 1, first: 5 },
  priorWorks: { works: works.slice(0, 500), first: 5 },
  derivativeWorks: { works: works.slice(0, 500), first: 5 },
} as const;

describe("a used-up budget", () => {
  const names = Object.keys(inputs) as (keyof typeof inputs)[];
  test.each(names)("truncates %s and reports it", (name) => {
    const input = name === "path" ? { ...inputs.path, to: other } : inputs[name];
    const ask = (meter: Meter) => runGraphQuery(graph, name, input as never, meter, scratch);
    expect(ask(new Meter({})).truncated).toBe(false);

    const ofEdges = new Meter({ edges: 10 });
    expect(ask(ofEdges).truncated).toBe(true);
    expect(ofEdges).toMatchObject({ exhausted: "edges", edgesLeft: 0 });

    const ofVertices = new Meter({ vertices: 1 });
    expect(ask(ofVertices).truncated).toBe(true);
    expect(ofVertices.isOutOfVertices).toBe(true);

    // No time is left at the start.
    const ofTime = new Meter({ milliseconds: 0 });
    expect(ask(ofTime).truncated).toBe(true);
    expect(ofTime.exhausted).toBe("milliseconds");
  });

  /** @threat T37 */
  test("ends a question in the middle of its search", () => {
    let checks = 0;
    const meter = new Meter({}, () => ++checks === 3);
    const { truncated, counts } = runGraphQuery(
      graph,
      "reachable",
      { ...inputs.reachable, roots: works },
      meter,
      scratch,
    );
    expect({ truncated, exhausted: meter.exhausted, checks }).toEqual({
      truncated: true,
      exhausted: "signal",
      checks: 3,
    });
    expect(counts[0]).toBe(2000);
  });

  test("ends PageRank, which reports that it is truncated and has not converged", () => {
    const ranks = pageRank(graph, {}, new Meter({ edges: edges.length * 2 }));
    expect(ranks).toMatchObject({ truncated: true, converged: false });
    expect(ranks.iterations).toBeGreaterThan(0);
    expect(ranks.scores.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  test("by an aborted signal ends a question at its root", () => {
    const meter = new Meter({ signal: AbortSignal.abort() });
    expect(runGraphQuery(graph, "reachable", inputs.reachable, meter, scratch).counts).toEqual([1]);
    expect(meter.exhausted).toBe("signal");
  });
});

test("a truncated neighbourhood has the root's most cited neighbours", () => {
  const input = { ...inputs.neighbourhood, depth: 1, maxNodes: 6 };
  const { workIds, truncated } = runGraphQuery(graph, "neighbourhood", input, new Meter({}), scratch);
  expect(truncated).toBe(true);
  const degree = (work: bigint) => graph.citedBy.degree(graph.indexOf(work));
  const [first, ...chosen] = [...workIds];
  expect(first).toBe(root);
  expect(chosen[0]).toBe(works[0]);
  const all = runGraphQuery(graph, "neighbourhood", { ...input, maxNodes: 100 }, new Meter({}), scratch);
  const left = [...all.workIds].filter((work) => !workIds.includes(work));
  expect(left.length).toBeGreaterThan(5);
  expect(Math.min(...chosen.map(degree))).toBeGreaterThanOrEqual(Math.max(...left.map(degree)));
});
