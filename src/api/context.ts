import type { Database } from "../store/database.ts";
import { type Loaders, prepareLoaders } from "./loaders/index.ts";

/** What resolvers share within one request. */
export type Context = {
  readonly database: Database;
  readonly loaders: Loaders;
};

/** Prepares a database's statements once; each call of what it returns makes one request's context. */
export function prepareContext(database: Database): () => Context {
  const createLoaders = prepareLoaders(database);
  return () => ({ database, loaders: createLoaders() });
}
