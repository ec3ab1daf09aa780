import { existsSync } from "node:fs";
import { join } from "node:path";
import { schema } from "../../api/index.ts";
import type { GraphqlConfig } from "../../config/index.ts";
import { builtExplorer } from "../explorer.ts";
import type { CorsSettings } from "../http/index.ts";
import {
  type DocumentSettings,
  noDocuments,
  readDocuments,
  type TrustedDocuments,
} from "./trusted-documents.ts";

/** Settings of the GraphQL endpoint. Each has a default. */
export type GraphqlSettings = {
  /** Whether introspection is allowed. Defaults to true. */
  readonly introspection?: boolean;
  /** Whether browsers get GraphiQL. Defaults to true. */
  readonly graphiql?: boolean;
  readonly cors?: CorsSettings;
  readonly documents?: DocumentSettings;
  /** Size of the response cache in characters. Defaults to 32 million; 0 disables it. */
  readonly responseCacheSize?: number;
  /** Size of the row cache in characters. Defaults to 64 million; 0 disables it. */
  readonly rowCacheSize?: number;
};

export const defaultResponseCacheSize = 32_000_000;
export const defaultRowCacheSize = 64_000_000;

/** Settings from a configuration. Rejects with a DocumentsError if its file of documents is invalid. */
export async function graphqlSettings(config: GraphqlConfig): Promise<GraphqlSettings> {
  const { documentsPath, onlyDocuments, corsOrigins, corsCredentials } = config;
  const listed = documentsPath === undefined ? noDocuments : await readDocuments(documentsPath, schema);
  // The server's own page must still work if only trusted documents are executed.
  const documents = onlyDocuments ? new Map([...(await readExplorerQueries()), ...listed]) : listed;
  return {
    introspection: config.introspection,
    graphiql: config.graphiql,
    responseCacheSize: config.responseCacheSize,
    rowCacheSize: config.rowCacheSize,
    cors: { origins: corsOrigins, credentials: corsCredentials },
    documents: { documents, only: onlyDocuments },
  };
}

/**
 * The queries of the explorer, as its build lists them; none if it is not built. Rejects with a DocumentsError if they
 * do not fit the schema: then it was built for another version.
 */
export async function readExplorerQueries(folder = builtExplorer): Promise<TrustedDocuments> {
  const path = join(folder, "queries.json");
  return existsSync(path) ? readDocuments(path, schema) : noDocuments;
}
