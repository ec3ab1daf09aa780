import { at, type Json, nodesAt } from "../api/json.ts";
import { bodyOf } from "./http-load.ts";
import type { Comparable, Question } from "./questions.ts";

export const queries = {
  reach: "query ($ref: String!) { reachableWorks(ref: $ref, maxDepth: 3) { total } }",
  path: "query ($from: String!, $to: String!) { citationPath(from: $from, to: $to, maxDepth: 100) { length works { arxivId } } }",
  coCitation:
    "query ($ref: String!) { relatedWorks(ref: $ref, by: CO_CITATION, first: 20) { nodes { score sharedCount work { arxivId } } } }",
  coupling:
    "query ($ref: String!) { relatedWorks(ref: $ref, by: BIBLIOGRAPHIC_COUPLING, first: 20) { nodes { score sharedCount work { arxivId } } } }",
  graph: `query ($ref: String!) { citationGraph(roots: [$ref], depth: 3, maxNodes: 300) {
    nodeCount nodes { depth work { arxivId title } } edges { citingIndex citedIndex } } }`,
  graphOfWorks: `query ($ref: String!) { citationGraph(roots: [$ref], depth: 3, maxNodes: 300) {
    nodeCount nodes { depth work { arxivId title } } edges { citing { arxivId } cited { arxivId } } } }`,
};

/** A kind of question that every engine answers over HTTP. `other` is a second work. */
export type HttpKind = {
  readonly name: string;
  readonly question: (work: number, other: number) => Question;
  readonly body: (ref: string, otherRef: string) => string;
  /** The answer's data in the form of the engines; of a related work the arXiv id, which may be null. */
  readonly read: (data: Json) => Named;
};

/** An answer with arXiv ids in place of vertices. */
export type Named = number | readonly (readonly [arxivId: string | null, shared: number])[];

/** An engine's answer with arXiv ids. */
export function namedAnswer(answer: Comparable, arxivIds: readonly (string | null)[]): Named {
  if (typeof answer === "number") return answer;
  return answer.map((found) => {
    if (typeof found === "number") throw new Error("Only pairs have names here.");
    return [arxivIds[found[0]] ?? null, found[1]];
  });
}

const related = (data: Json): Named =>
  nodesAt(data, "relatedWorks").map((node) => [
    at(node, "work", "arxivId") as string | null,
    at(node, "sharedCount") as number,
  ]);

export const httpKinds: readonly HttpKind[] = [
  {
    name: "co-citation, first 20",
    question: (work) => ({ kind: "related", work, by: "CO_CITATION" }),
    body: (ref) => bodyOf(queries.coCitation, { ref }),
    read: related,
  },
  {
    name: "coupling, first 20",
    question: (work) => ({ kind: "related", work, by: "BIBLIOGRAPHIC_COUPLING" }),
    body: (ref) => bodyOf(queries.coupling, { ref }),
    read: related,
  },
  {
    name: "set size, 3 hops",
    question: (from) => ({ kind: "hops", from, depth: 3, isBack: false }),
    body: (ref) => bodyOf(queries.reach, { ref }),
    read: (data) => at(data, "reachableWorks", "total") as number,
  },
  {
    name: "shortest path",
    question: (from, to) => ({ kind: "path", from, to }),
    body: (from, to) => bodyOf(queries.path, { from, to }),
    read: (data) => {
      const path = at(data, "citationPath");
      return path === null ? -1 : (at(path, "length") as number);
    },
  },
];
