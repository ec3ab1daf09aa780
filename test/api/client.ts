import { type ExecutionResult, type GraphQLError, graphql } from "graphql";
import type pg from "pg";
import { prepareContext, type RequestParts } from "../../src/api/context.ts";
import { stringifyResult } from "../../src/api/execution/json-text.ts";
import type { RowCache } from "../../src/api/loaders/row-cache.ts";
import type { SummarySource } from "../../src/api/loaders/shared-batches.ts";
import { schema } from "../../src/api/schema.ts";
import { type GraphService, startGraph } from "../../src/graph/index.ts";
import { type Database, knownLayout } from "../../src/store/index.ts";
import { type Statement, watchStatements } from "../statements.ts";

export type Variables = Record<string, unknown>;

/** Executes queries against the schema, without a server. */
export type Client = {
  /** The data; rejects if there are errors. */
  ask<Data>(source: string, variables?: Variables): Promise<Data>;
  /** The JSON text that a server would send. */
  text(source: string, variables?: Variables): Promise<string>;
  errors(source: string, variables?: Variables): Promise<readonly GraphQLError[]>;
  /** The statements that a query makes. */
  statements(source: string, variables?: Variables): Promise<string[]>;
  /** The plans of those statements, as EXPLAIN prints them. */
  plans(source: string, variables?: Variables): Promise<string[]>;
};

/** Without a graph, citations are read from the tables. A given graph is not closed. */
export function createClient(
  database: Database,
  graph: GraphService = startGraph(database, { adjacency: "sql" }),
  parts: RequestParts = {},
  rowCache?: RowCache,
  summaries?: SummarySource,
): Client {
  const createContext = prepareContext(database, graph, rowCache, summaries);
  const run = (source: string, variableValues?: Variables): Promise<ExecutionResult> =>
    graphql({
      schema,
      source,
      contextValue: createContext(parts),
      ...(variableValues && { variableValues }),
    });
  const text = async (source: string, variables?: Variables) => {
    const result = await run(source, variables);
    if (result.errors !== undefined) {
      throw new Error(result.errors.map((error) => error.originalError?.stack ?? String(error)).join("\n"));
    }
    return stringifyResult(result);
  };
  return {
    text,
    ask: async <Data>(source: string, variables?: Variables) =>
      (JSON.parse(await text(source, variables)) as { data: Data }).data,
    errors: async (source, variables) => (await run(source, variables)).errors ?? [],
    statements: async (source, variables) => {
      // Read once for all queries.
      await knownLayout(database.pool);
      const statements = await watchStatements(database, () => text(source, variables));
      return statements.map((statement) => statement.text);
    },
    plans: async (source, variables) => {
      await knownLayout(database.pool);
      const statements = await watchStatements(database, () => text(source, variables));
      return Promise.all(statements.map((statement) => explain(database, statement)));
    },
  };
}

async function explain({ pool }: Database, { text, values }: Statement): Promise<string> {
  // Of several statements in one message, EXPLAIN applies to the first.
  const answer: unknown = await pool.query(`EXPLAIN (ANALYZE, BUFFERS OFF) ${text}`, values);
  const [{ rows }] = [answer].flat() as [pg.QueryResult<{ "QUERY PLAN": string }>];
  return `${text}\n${rows.map((row) => row["QUERY PLAN"]).join("\n")}`;
}
