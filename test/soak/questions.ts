import { jobs } from "../../bench/api/jobs.ts";
import { words } from "../../bench/corpus.ts";
import { queries } from "../../bench/graph/http-kinds.ts";
import type { Random } from "../ingest/random.ts";
import type { Papers, SoakPaper } from "./papers.ts";

/** A request and the check of its answer. `wrong` may throw if the answer has another shape. */
export type Request = {
  readonly path: string;
  readonly body?: string;
  readonly wrong: (answer: unknown) => boolean;
};

export type Question = {
  readonly kind: string;
  /** Its relative frequency. */
  readonly weight: number;
  readonly make: (papers: Papers, random: Random) => Request;
};

function graphql<Data>(query: string, variables: object, wrong: (data: Data) => boolean): Request {
  return {
    path: "/graphql",
    body: JSON.stringify({ query, variables }),
    wrong: (answer) => {
      const { data, errors } = answer as { data: Data; errors?: unknown };
      return errors !== undefined || wrong(data);
    },
  };
}

type Nodes<Node> = { readonly nodes: readonly Node[] };
type Titled = { readonly title: string };
type Named = { readonly arxivId: string };

const titleOf = (arxivId: string) => `The paper ${arxivId}`;
/** A stored paper: one from before the run, or a merged one. */
const anyPaper = (papers: Papers, random: Random): SoakPaper =>
  random.pick(papers.merged.length > 0 && random.chance(0.4) ? papers.merged : papers.before);
const benchQueries = new Map(jobs.map(({ name, pithGraph }) => [name as string, pithGraph]));

/** One of Q1 to Q6 of the bench, with the check of its answer. */
function job<Data>(
  name: string,
  parametersOf: (papers: Papers, random: Random) => readonly (string | number)[],
  wrong: (data: Data, parameters: readonly (string | number)[], papers: Papers) => boolean,
): Question {
  const benchQuery = benchQueries.get(name);
  if (benchQuery === undefined) throw new Error(`The bench has no ${name}.`);
  return {
    kind: name,
    weight: 80 / 6,
    make: (papers, random) => {
      const parameters = parametersOf(papers, random);
      return graphql<Data>(benchQuery.query, benchQuery.variables(parameters), (data) =>
        wrong(data, parameters, papers),
      );
    },
  };
}

const refOf = (papers: Papers, random: Random) => [anyPaper(papers, random).arxivId];
const oldRefOf = (papers: Papers, random: Random) => [random.pick(papers.before).arxivId];

/** Of 100 requests, 80 are of the kinds Q1 to Q6. */
export const questions: readonly Question[] = [
  job<{ paper: Titled & { claims: Nodes<unknown> } }>(
    "Q1",
    refOf,
    ({ paper }, [ref]) => paper.title !== titleOf(String(ref)) || paper.claims.nodes.length !== 4,
  ),
  job<{ paper: { references: Nodes<{ refIndex: number; citedPaper: Titled | null }> } }>(
    "Q2",
    oldRefOf,
    ({ paper }, [ref = ""], { referenceCounts }) => {
      const { nodes } = paper.references;
      const count = Math.min(20, referenceCounts.get(String(ref)) ?? 0);
      return (
        nodes.length !== count ||
        nodes.some(({ refIndex }, index) => refIndex !== index + 1) ||
        nodes.some(({ citedPaper }) => citedPaper !== null && !citedPaper.title.startsWith("The paper "))
      );
    },
  ),
  job<{ paper: Titled & { citedBy: Nodes<{ references: Nodes<unknown> }> } }>(
    "Q3",
    oldRefOf,
    ({ paper }, [ref]) =>
      paper.citedBy.nodes.some(({ references }) => references.nodes.length === 0) ||
      paper.title !== titleOf(String(ref)),
  ),
  job<{ citationGraph: Nodes<{ work: Named; depth: number }> }>(
    "Q4",
    refOf,
    ({ citationGraph: { nodes } }, [ref]) => nodes[0]?.work.arxivId !== ref || nodes[0]?.depth !== 0,
  ),
  job<{ claims: Nodes<{ text: string }> }>(
    "Q5",
    (_, random) => [random.pick(words)],
    ({ claims }, [word]) => claims.nodes.some(({ text }) => !text.includes(String(word))),
  ),
  job<{ papers: Nodes<{ pithNumber: string }> }>(
    "Q6",
    (_, random) => ["hep-th", 1992 + random.below(10)],
    ({ papers }) => papers.nodes.some(({ pithNumber }) => !pithNumber.startsWith("pith:")),
  ),
  {
    kind: "citationPath",
    weight: 4,
    make: (papers, random) => {
      const [from, to] = [random.pick(papers.before).arxivId, random.pick(papers.before).arxivId];
      return graphql<{ citationPath: { works: Named[] | null } | null }>(
        queries.path,
        { from, to },
        ({ citationPath: path }) =>
          path !== null &&
          path.works !== null &&
          (path.works[0]?.arxivId !== from || path.works.at(-1)?.arxivId !== to),
      );
    },
  },
  {
    kind: "relatedWorks",
    weight: 4,
    make: (papers, random) =>
      graphql<{ relatedWorks: { nodes: { score: number }[] } }>(
        queries.coCitation,
        { ref: random.pick(papers.before).arxivId },
        ({ relatedWorks }) => relatedWorks.nodes.some(({ score }) => !(score > 0)),
      ),
  },
  {
    kind: "topWorks",
    weight: 2,
    make: () =>
      graphql<{ topWorks: { nodes: { score: number }[] } }>(
        "{ topWorks(by: CITED_BY_COUNT, first: 20) { nodes { score work { arxivId } } } }",
        {},
        ({ topWorks: { nodes } }) =>
          nodes.some(({ score }, index) => score > (nodes[index - 1]?.score ?? score)),
      ),
  },
  {
    kind: "bundle.json",
    weight: 6,
    make: (papers, random) => {
      const { pithNumber } = anyPaper(papers, random);
      const wrong = (answer: unknown) => {
        const bundle = answer as { pith_number: string; events: unknown[] };
        return bundle.pith_number !== pithNumber || bundle.events.length !== 2;
      };
      return { path: `/pith/${pithNumber.slice(10)}/bundle.json`, wrong };
    },
  },
  {
    kind: "feed",
    weight: 4,
    make: (papers, random) => {
      const after = random.below(papers.before.length);
      const wrong = (answer: unknown) => {
        const { changes } = answer as { changes: { position: number }[] };
        return changes.some(({ position }, index) => position !== after + index + 1);
      };
      return { path: `/feed?after=${after}&limit=50`, wrong };
    },
  },
];
