import type { GraphQueryInput, GraphQueryName, GraphQueryResult } from "../../src/graph/index.ts";
import { below, pick, type Random } from "./random-graph.ts";

export type RandomQuestion = {
  [Name in GraphQueryName]: { readonly name: Name; readonly input: GraphQueryInput<Name> };
}[GraphQueryName];

/** A question about some of these works, sometimes about a missing one. */
export function randomQuestion(
  random: Random,
  name: GraphQueryName,
  works: readonly bigint[],
): RandomQuestion {
  const work = () => (works.length === 0 || random() < 0.05 ? 77_777n : pick(random, works));
  const several = () => Array.from({ length: below(random, 4) }, work);
  const direction = () => pick(random, ["REFERENCES", "CITED_BY", "BOTH"] as const);
  const by = () => pick(random, ["BIBLIOGRAPHIC_COUPLING", "CO_CITATION"] as const);
  const first = () => (random() < 0.5 ? 100 : below(random, 4));
  switch (name) {
    case "neighbourhood": {
      const maxNodes = random() < 0.5 ? 100 : below(random, 8);
      const withoutEdges = random() < 0.2;
      const depth = below(random, 5);
      return { name, input: { roots: several(), direction: direction(), depth, maxNodes, withoutEdges } };
    }
    case "path":
      return {
        name,
        input: {
          from: work(),
          to: work(),
          direction: direction(),
          maxDepth: random() < 0.7 ? 20 : below(random, 4),
        },
      };
    case "reachable":
      return { name, input: { roots: several(), direction: direction(), maxDepth: below(random, 6) } };
    case "commonReferences":
      return { name, input: { works: several(), least: 1 + below(random, 3), first: first() } };
    case "relatedWorks":
      return { name, input: { work: work(), by: by(), first: first(), shared: first() } };
    case "priorWorks":
    case "derivativeWorks":
      return { name, input: { works: several(), first: first() } };
  }
}

/** An answer in the form of the naive graph's. */
export function comparable(name: GraphQueryName, answer: GraphQueryResult<GraphQueryName>): unknown {
  if (name !== "neighbourhood") return answer;
  const { workIds, depths, edges, truncated } = answer as GraphQueryResult<"neighbourhood">;
  return {
    nodes: Array.from(workIds, (workId, place) => [workId, depths[place]]),
    edges: Array.from(edges.citing, (citing, at) => [citing, edges.cited[at], edges.isInternalAnchor[at]]),
    truncated,
  };
}
