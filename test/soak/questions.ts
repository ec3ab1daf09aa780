import { jobs } from "../../bench/api/jobs.ts";
import { words } from "../../bench/corpus.ts";
import { queries } from "../../bench/graph/over-http.ts";
import type { Random } from "../ingest/random.ts";
import type { Papers, SoakPaper } from "./papers.ts";

/** What is sent, and what is wrong with an answer to it: null where it is right. */
export type Request = {
  readonly path: string;
  readonly body?: string;
  readonly wrong: (answer: Answer) => boolean;
};

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into without a type for each; a wrong shape throws, and counts as wrong.
export type Answer = any;

export type Question = {
  readonly kind: string;
  /** How often it is asked, beside the others. */
  readonly weight: number;
  readonly make: (papers: Papers, random: Random) => Request;
};

const graphql = (query: string, variables: object, wrong: Request["wrong"]): Request => ({
  path: "/graphql",
  body: JSON.stringify({ query, variables }),
  wrong: (answer) => answer.errors !== undefined || wrong(answer.data),
});

const titleOf = (arxivId: string) => `The paper ${arxivId}`;
/** A paper that must be there: of those from before, or one that was answered to be merged. */
const anyPaper = (papers: Papers, random: Random): SoakPaper =>
  random.pick(papers.merged.length > 0 && random.chance(0.4) ? papers.merged : papers.before);
const asked = new Map(jobs.map(({ name, pithGraph }) => [name as string, pithGraph]));

/** One of Q1 to Q6 of the bench, and what its answer is held against. */
function job(
  name: string,
  parametersOf: (papers: Papers, random: Random) => readonly (string | number)[],
  wrong: (data: Answer, parameters: readonly (string | number)[], papers: Papers) => boolean,
): Question {
  const asking = asked.get(name);
  if (asking === undefined) throw new Error(`The bench has no ${name}.`);
  return {
    kind: name,
    weight: 80 / 6,
    make: (papers, random) => {
      const parameters = parametersOf(papers, random);
      return graphql(asking.query, asking.variables(parameters), (data) => wrong(data, parameters, papers));
    },
  };
}

const refOf = (papers: Papers, random: Random) => [anyPaper(papers, random).arxivId];
const oldRefOf = (papers: Papers, random: Random) => [random.pick(papers.before).arxivId];

/** 80 of 100 are of the kinds Q1 to Q6. */
export const questions: readonly Question[] = [
  job(
    "Q1",
    refOf,
    ({ paper }, [ref]) => paper.title !== titleOf(String(ref)) || paper.claims.nodes.length !== 4,
  ),
  job("Q2", oldRefOf, ({ paper }, [ref = ""], { referenceCounts }) => {
    const { nodes } = paper.references;
    const count = Math.min(20, referenceCounts.get(String(ref)) ?? 0);
    return nodes.length !== count || nodes.some(({ work }: Answer) => !work.title.startsWith("The paper "));
  }),
  job(
    "Q3",
    oldRefOf,
    ({ paper }, [ref]) =>
      paper.citedBy.nodes.some(({ references }: Answer) => references.nodes.length === 0) ||
      paper.title !== titleOf(String(ref)),
  ),
  job(
    "Q4",
    refOf,
    ({ citationGraph: { nodes } }, [ref]) => nodes[0].work.arxivId !== ref || nodes[0].depth !== 0,
  ),
  job(
    "Q5",
    (_, random) => [random.pick(words)],
    ({ claims }, [word]) => claims.nodes.some(({ text }: Answer) => !text.includes(word)),
  ),
  job(
    "Q6",
    (_, random) => ["hep-th", 1992 + random.below(10)],
    ({ papers }) => papers.nodes.some(({ pithNumber }: Answer) => !pithNumber.startsWith("pith:")),
  ),
  {
    kind: "citationPath",
    weight: 4,
    make: (papers, random) => {
      const [from, to] = [random.pick(papers.before).arxivId, random.pick(papers.before).arxivId];
      return graphql(
        queries.path,
        { from, to },
        ({ citationPath: path }) =>
          path !== null &&
          path.works !== null &&
          (path.works[0].arxivId !== from || path.works.at(-1).arxivId !== to),
      );
    },
  },
  {
    kind: "relatedWorks",
    weight: 4,
    make: (papers, random) =>
      graphql(queries.coCitation, { ref: random.pick(papers.before).arxivId }, ({ relatedWorks }) =>
        relatedWorks.some(({ score }: Answer) => !(score > 0)),
      ),
  },
  {
    kind: "topWorks",
    weight: 2,
    make: () =>
      graphql("{ topWorks(by: CITED_BY_COUNT, first: 20) { score work { arxivId } } }", {}, ({ topWorks }) =>
        topWorks.some(({ score }: Answer, index: number) => score > (topWorks[index - 1]?.score ?? score)),
      ),
  },
  {
    kind: "bundle.json",
    weight: 6,
    make: (papers, random) => {
      const { pithNumber } = anyPaper(papers, random);
      const wrong = (bundle: Answer) => bundle.pith_number !== pithNumber || bundle.events.length !== 2;
      return { path: `/pith/${pithNumber.slice(10)}/bundle.json`, wrong };
    },
  },
  {
    kind: "feed",
    weight: 4,
    make: (papers, random) => {
      const after = random.below(papers.before.length);
      const wrong = ({ changes }: Answer) =>
        changes.some(({ position }: Answer, index: number) => position !== after + index + 1);
      return { path: `/feed?after=${after}&limit=50`, wrong };
    },
  },
];
