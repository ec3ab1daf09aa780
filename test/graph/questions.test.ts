import { describe, expect, test } from "vitest";
import { Meter } from "../../src/graph/budget.ts";
import { graphQueryNames } from "../../src/graph/index.ts";
import { inDegrees, pageRank } from "../../src/graph/pagerank.ts";
import { runGraphQuery } from "../../src/graph/queries.ts";
import { Scratch } from "../../src/graph/scratch.ts";
import { NaiveGraph, naiveAnswer } from "./naive.ts";
import { randomGraph, randomOf } from "./random-graph.ts";
import { comparable, randomQuestion } from "./random-question.ts";
import { versionOf } from "./versions.ts";

const unlimited = () => new Meter({});

/** Each graph is loaded, changed or folded; a failure names its seed. */
describe("on random graphs", () => {
  // Shared, because remains of one question must not affect the next.
  const scratch = new Scratch();

  test.each(graphQueryNames)("%s answers like the naive implementation", (name) => {
    for (let seed = 1; seed <= 2000; seed++) {
      const random = randomOf(seed);
      const graph = randomGraph(random);
      const naive = new NaiveGraph(graph);
      const version = versionOf(random, graph);
      for (let round = 0; round < 3; round++) {
        const question = randomQuestion(random, name, graph.works);
        const given = runGraphQuery(version, question.name, question.input, unlimited(), scratch);
        expect(comparable(name, given), `seed ${seed}`).toEqual(
          naiveAnswer(naive, question.name, question.input),
        );
      }
    }
  });

  test("PageRank and in-degree equal the naive implementation's, for the graph and a subgraph", () => {
    for (let seed = 1; seed <= 1000; seed++) {
      const random = randomOf(seed);
      const graph = randomGraph(random, 9);
      const naive = new NaiveGraph(graph);
      const version = versionOf(random, graph);
      const inside = random() < 0.5 ? [...graph.works] : graph.works.filter(() => random() < 0.6);
      const isAll = inside.length === graph.works.length && random() < 0.5;
      const within = new Uint8Array(version.size);
      for (const work of inside) within[version.indexOf(work)] = 1;
      const options = { iterations: 7, tolerance: 0, ...(isAll ? {} : { within }) };
      const { scores } = pageRank(version, options, unlimited());
      const expected = naive.pageRank(inside, 0.85, 7);
      const degrees = inDegrees(version, isAll ? undefined : within);
      for (const work of graph.works) {
        const vertex = version.indexOf(work);
        expect(scores[vertex], `seed ${seed}`).toBeCloseTo(expected.get(work) ?? 0, 12);
        const citing = naive.citedBy(work).filter((other) => inside.includes(other));
        expect(degrees[vertex], `seed ${seed}`).toBe(inside.includes(work) ? citing.length : 0);
      }
    }
  });
});

test("PageRank reports whether it has converged, and its scores sum to one", () => {
  const version = versionOf(randomOf(4), randomGraph(randomOf(5), 30));
  const coarse = pageRank(version, { iterations: 1, tolerance: 1e-12 }, unlimited());
  expect(coarse).toMatchObject({ iterations: 1, converged: false, truncated: false });
  const fine = pageRank(version, {}, unlimited());
  expect(fine.converged).toBe(true);
  expect(fine.scores.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
});
