import { access } from "node:fs/promises";
import { join } from "node:path";
import { type DocumentNode, type GraphQLError, getOperationAST, parse, validate } from "graphql";
import {
  ApiError,
  clientCodeOf,
  executeToText,
  prepareContext,
  schema,
  stringifyResult,
} from "../../api/index.ts";
import { readConfig } from "../../config/index.ts";
import { startGraph } from "../../graph/index.ts";
import { type Database, readSchemaState, schemaError } from "../../store/index.ts";
import { CommandError, exitStatus } from "../command-error.ts";
import { openUnmigratedDatabase } from "../context.ts";
import { loadKeyring } from "../keyring-file.ts";
import { type Answer, dataOf, type Reader, type Variables } from "./reader.ts";

/**
 * Executes the schema over the configured database, like the server: alongside a running one, or without. It is
 * read-only, so that a read-only role is enough; the tables must exist, and be up to date.
 */
export async function openLocalReader(): Promise<Reader> {
  const keyring = await loadKeyring([readConfig().keyringPath]);
  const database = await openForReading();
  try {
    await requireCurrentSchema(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  // For one or two queries the tables are faster than loading the graph.
  const graph = startGraph(database, { adjacency: "sql" });
  const createContext = prepareContext(database, graph);
  const execute = async <Data>(source: string, variableValues: Variables = {}) => {
    const document = readQuery(source);
    if (!("kind" in document)) return dataOf(document) as Data;
    const contextValue = createContext({ keyring });
    const run = () => executeToText({ schema, document, variableValues, contextValue });
    const result = await contextValue.deadline.within(null, run).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      return { errors: [error] };
    });
    for (const { originalError } of result.errors ?? []) {
      // Not an error meant for clients: a lost connection, a defect. The caller reports it as such.
      if (
        originalError !== undefined &&
        originalError.name !== "ApiError" &&
        originalError.name !== "GraphQLError"
      ) {
        throw originalError;
      }
    }
    const errors = (result.errors ?? []).map((error) => ({
      message: error.message,
      extensions: { code: clientCodeOf(error) },
    }));
    if (errors.length > 0) return dataOf({ errors }) as Data;
    return dataOf(JSON.parse(stringifyResult(result)) as Answer) as Data;
  };
  return {
    execute,
    close: async () => {
      await graph.close();
      await database.close();
    },
  };
}

/** Parses and validates a query; else returns the errors, with a server's error codes. */
function readQuery(source: string): DocumentNode | Answer {
  const wrong = (code: string, errors: readonly { readonly message: string }[]): Answer => ({
    errors: errors.map(({ message }) => ({ message, extensions: { code } })),
  });
  let document: DocumentNode;
  try {
    document = parse(source);
  } catch (error) {
    return wrong("GRAPHQL_PARSE_FAILED", [error as GraphQLError]);
  }
  const invalid = validate(schema, document);
  if (invalid.length > 0) return wrong("GRAPHQL_VALIDATION_FAILED", invalid);
  if (getOperationAST(document)?.operation !== "subscription") return document;
  return wrong("BAD_USER_INPUT", [{ message: "Subscriptions need a server: see docs/live.md." }]);
}

/** Joins the embedded server if one runs, else starts it; creates none if nothing was ever imported. */
async function openForReading(): Promise<Database> {
  const config = readConfig();
  const { databaseUrl, dataDirectory } = config;
  const hasData =
    databaseUrl !== undefined ||
    (await access(join(dataDirectory, "cluster")).then(
      () => true,
      () => false,
    ));
  if (!hasData) {
    throw new CommandError(
      `No data in ${dataDirectory}. Import some with \`pith-graph start\` or \`pith-graph ingest\`, set PITH_GRAPH_DATA or DATABASE_URL, or query a server with --url.`,
      exitStatus.unavailable,
    );
  }
  return openUnmigratedDatabase(config, () => {});
}

async function requireCurrentSchema(database: Database): Promise<void> {
  const schema = await readSchemaState(database.pool);
  const error = schemaError(schema, database.place);
  if (error !== null) throw error;
  if (schema.state === "current") return;
  const fault = schema.applied === 0 ? "has no pith-graph schema yet" : "schema is of an older version";
  throw new CommandError(`The database ${fault}. Run \`pith-graph migrate\`.`, exitStatus.unavailable);
}
