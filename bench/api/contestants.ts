import { peerVersion } from "../peers/install.ts";
import type { GraphQLJob, Job, Parameters } from "./jobs.ts";
import { maxNodes, withSortedEdges } from "./jobs.ts";
import type { Json } from "./json.ts";
import { type ServerProcess, startPeer, startPithGraph } from "./server-process.ts";

/** A server that is compared, or one way of querying it. */
export type Contestant = {
  readonly name: string;
  /** Contestants with the same program share a process. */
  readonly program: Program;
  /** Its request for a job; undefined if it has none. */
  readonly ask: (job: Job) => Question | undefined;
};

export type Program = {
  readonly start: (databaseUrl: string) => Promise<ServerProcess>;
  /** Whether it is started again for each job, and its first seconds are measured. */
  readonly isColdFirst: boolean;
};

export type Question = {
  readonly path: string;
  readonly bodyOf: (parameters: Parameters) => string;
  /** The answer's data in the common shape. */
  readonly shape: (data: Json) => Json;
};

function graphql({ query, variables, shape }: GraphQLJob): Question {
  // Without line breaks and indentation, like an optimised client.
  const document = query.replace(/\s+/g, " ");
  return {
    path: "/graphql",
    bodyOf: (parameters) => JSON.stringify({ query: document, variables: variables(parameters) }),
    shape,
  };
}

/** The request to pith-graph, whatever its settings. */
export function questionOf(job: Job): Question {
  return graphql(job.pithGraph);
}

function handWritten(job: Job, path: string): Question {
  const isGraph = job.name === "Q4";
  return {
    path,
    bodyOf: (parameters) => JSON.stringify(isGraph ? [...parameters, maxNodes] : parameters),
    shape: (data) => (isGraph ? withSortedEdges(data) : data),
  };
}

type Environment = Readonly<Record<string, string>>;

function pithGraph(name: string, environment: Environment, isColdFirst = false): Contestant {
  return {
    name,
    program: { start: (url) => startPithGraph(url, environment), isColdFirst },
    ask: questionOf,
  };
}

/** Every answer is computed, from what is kept in memory by default. */
export const withoutCache = { PITH_GRAPH_RESPONSE_CACHE: "0" };

/** The contestants that targets are about. */
export type Field = Readonly<Record<"own" | "peer" | "sql" | "levels" | "noRows", Contestant>>;

export function theField(): Field {
  const sqlProgram: Program = {
    start: (url) => startPeer("hand-written-sql.ts", url),
    isColdFirst: true,
  };
  return {
    own: pithGraph("pith-graph", withoutCache, true),
    peer: {
      name: `PostGraphile ${peerVersion("postgraphile")}`,
      program: { start: (url) => startPeer("postgraphile.mjs", url), isColdFirst: true },
      ask: (job) => graphql(job.postgraphile),
    },
    sql: { name: "hand-written SQL", program: sqlProgram, ask: (job) => handWritten(job, `/${job.name}`) },
    levels: {
      name: "the same, level by level",
      program: sqlProgram,
      ask: (job) => (job.name === "Q4" ? handWritten(job, "/Q4-levels") : undefined),
    },
    noRows: pithGraph("keeping no rows", { ...withoutCache, PITH_GRAPH_ROW_CACHE: "0" }),
  };
}

/** pith-graph with other settings, for comparison only. */
export const withoutSummaries = () =>
  pithGraph("without work summaries", { ...withoutCache, PITH_GRAPH_WORK_CACHE: "0" });
export const withResponseCache = () => pithGraph("with its response cache", {});
