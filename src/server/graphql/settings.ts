import { schema } from "../../api/schema.ts";
import type { GraphqlConfig } from "../../config/index.ts";
import { readExplorerDocuments } from "../explorer/built-files.ts";
import type { CorsSettings } from "../http/cors.ts";
import { type DocumentSettings, noDocuments, readDocuments } from "./trusted-documents.ts";

/** What of GraphQL is open, and to whom. All of it has a default. */
export type GraphqlSettings = {
  /** Whether the schema may be asked for. Defaults to true. */
  readonly introspection?: boolean;
  /** Whether browsers are shown GraphiQL. Defaults to true. */
  readonly graphiql?: boolean;
  readonly cors?: CorsSettings;
  readonly documents?: DocumentSettings;
  /** Characters of answers that are kept in memory. Defaults to 32 million; 0 for none. */
  readonly responseCacheSize?: number;
  /** Characters of rows that are kept in memory. Defaults to 64 million; 0 for none. */
  readonly rowCacheSize?: number;
};

export const defaultResponseCacheSize = 32_000_000;
export const defaultRowCacheSize = 64_000_000;

/** The settings that a configuration asks for. Rejects with a DocumentsError where its file of documents is unfit. */
export async function graphqlSettings(config: GraphqlConfig): Promise<GraphqlSettings> {
  const { documentsPath, onlyDocuments, corsOrigins, corsCredentials } = config;
  const listed = documentsPath === undefined ? noDocuments : await readDocuments(documentsPath, schema);
  // The server's own page is not shut out where no other documents are executed.
  const documents = onlyDocuments ? new Map([...(await readExplorerDocuments(schema)), ...listed]) : listed;
  return {
    introspection: config.introspection,
    graphiql: config.graphiql,
    responseCacheSize: config.responseCacheSize,
    rowCacheSize: config.rowCacheSize,
    cors: { origins: corsOrigins, credentials: corsCredentials },
    documents: { documents, only: onlyDocuments },
  };
}
