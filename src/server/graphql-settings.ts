import { schema } from "../api/schema.ts";
import type { GraphqlConfig } from "../config.ts";
import { noDocuments, readDocuments } from "./documents/trusted-documents.ts";
import { readExplorerDocuments } from "./explorer/index.ts";
import type { GraphqlSettings } from "./graphql.ts";

/** The settings that a configuration asks for. Rejects with a DocumentsError where its file of documents is unfit. */
export async function graphqlSettings(config: GraphqlConfig): Promise<GraphqlSettings> {
  const { documentsPath, onlyDocuments, corsOrigins, corsCredentials } = config;
  const listed = documentsPath === undefined ? noDocuments : await readDocuments(documentsPath, schema);
  // The server's own page is not shut out where nothing else is run.
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
