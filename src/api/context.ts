import type { Database } from "../store/database.ts";
import { ApiError } from "./errors.ts";
import { type Loaders, prepareLoaders } from "./loaders/index.ts";

/** What resolvers share within one request. */
export type Context = {
  readonly database: Database;
  readonly loaders: Loaders;
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

/** Prepares a database's statements once; each call of what it returns makes one request's context. */
export function prepareContext(database: Database): (submit?: Submit) => Context {
  const createLoaders = prepareLoaders(database);
  return (submit = refuse) => ({ database, loaders: createLoaders(), submit });
}
