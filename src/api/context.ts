import type { GraphService } from "../graph/index.ts";
import type { Database } from "../store/database.ts";
import { Deadline } from "./deadline.ts";
import { ApiError } from "./errors.ts";
import { type Loaders, prepareLoaders } from "./loaders/index.ts";
import { RequestGraph } from "./request-graph.ts";

/** What resolvers share within one request. */
export type Context = {
  readonly database: Database;
  readonly loaders: Loaders;
  readonly graph: RequestGraph;
  /** When the request ends at the latest; until somebody sets a time, when its client goes away. */
  readonly deadline: Deadline;
  readonly submit: Submit;
};

/**
 * Puts a document into the queue for who made the request, and gives the submission's id. Whether they may is part of
 * it: rejects with UNAUTHENTICATED, RATE_LIMITED or DOCUMENT_REJECTED.
 */
export type Submit = (document: string) => Promise<string>;

const refuse: Submit = () => {
  throw new ApiError("UNAUTHENTICATED", "No submissions are taken here.");
};

export type RequestParts = {
  /** Takes no submissions unless told. */
  readonly submit?: Submit;
  /** Aborted once nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
};

/** Prepares a database's statements once; each call of what it returns makes one request's context. */
export function prepareContext(database: Database, graph: GraphService): (parts?: RequestParts) => Context {
  const createLoaders = prepareLoaders(database);
  return ({ submit = refuse, signal } = {}) => {
    const deadline = new Deadline(signal);
    const loaders = createLoaders(deadline.signal);
    return {
      database,
      loaders,
      graph: new RequestGraph(graph, loaders.batches, deadline.signal),
      deadline,
      submit,
    };
  };
}
