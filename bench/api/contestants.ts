import type { GraphQLJob, Job, Parameters } from "./jobs.ts";
import { maxNodes } from "./jobs.ts";
import type { Json } from "./json.ts";
import type { ServerProcess } from "./server-process.ts";

/** A server that is compared. */
export type Contestant = {
  readonly name: string;
  readonly server: ServerProcess;
  /** Its request for a job; undefined if it has none. */
  readonly ask: (job: Job) => Question | undefined;
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

export function pithGraph(name: string, server: ServerProcess): Contestant {
  return { name, server, ask: (job) => graphql(job.pithGraph) };
}

export function postgraphile(name: string, server: ServerProcess): Contestant {
  return { name, server, ask: (job) => graphql(job.postgraphile) };
}

function handWritten(job: Job, path: string): Question {
  return {
    path,
    bodyOf: (parameters) => JSON.stringify(job.name === "Q4" ? [...parameters, maxNodes] : parameters),
    shape: (data) => data,
  };
}

export function handWrittenSql(name: string, server: ServerProcess): Contestant {
  return { name, server, ask: (job) => handWritten(job, `/${job.name}`) };
}

/** Takes part in Q4 only, level by level. */
export function sqlByLevels(name: string, server: ServerProcess): Contestant {
  return { name, server, ask: (job) => (job.name === "Q4" ? handWritten(job, "/Q4-levels") : undefined) };
}
