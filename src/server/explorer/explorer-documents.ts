import { existsSync } from "node:fs";
import { join } from "node:path";
import type { GraphQLSchema } from "graphql";
import { noDocuments, readDocuments, type TrustedDocuments } from "../documents/trusted-documents.ts";
import { builtExplorer } from "./built-files.ts";

/**
 * The queries that the explorer asks, as its build lists them; none where it is not built. Rejects with a
 * DocumentsError where they do not fit the schema: then it was built for another.
 */
export async function readExplorerDocuments(
  schema: GraphQLSchema,
  folder = builtExplorer,
): Promise<TrustedDocuments> {
  const path = join(folder, "queries.json");
  return existsSync(path) ? readDocuments(path, schema) : noDocuments;
}
