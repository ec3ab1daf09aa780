import { type ExecutionResult, type GraphQLError, graphql } from "graphql";
import { prepareContext } from "../../src/api/context.ts";
import { stringifyResult } from "../../src/api/json-text.ts";
import { schema } from "../../src/api/schema.ts";
import type { Database } from "../../src/store/index.ts";

export type Variables = Record<string, unknown>;

/** Asks the schema without a server between. */
export type Client = {
  /** The data; rejects where there are errors. */
  ask<Data>(source: string, variables?: Variables): Promise<Data>;
  /** The text that a server would send. */
  text(source: string, variables?: Variables): Promise<string>;
  errors(source: string, variables?: Variables): Promise<readonly GraphQLError[]>;
  /** The statements that a query makes. */
  statements(source: string, variables?: Variables): Promise<string[]>;
};

export function createClient(database: Database): Client {
  const createContext = prepareContext(database);
  const run = (source: string, variableValues?: Variables): Promise<ExecutionResult> =>
    graphql({ schema, source, contextValue: createContext(), ...(variableValues && { variableValues }) });
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
      const counted = countStatements(database);
      try {
        await text(source, variables);
        return counted.statements;
      } finally {
        counted.stop();
      }
    },
  };
}

/** Watches what goes through the pool: Drizzle's queries and everybody's. */
function countStatements({ pool }: Database): { statements: string[]; stop: () => void } {
  const statements: string[] = [];
  const original = pool.query;
  const watched = (...args: unknown[]): unknown => {
    const [first] = args;
    statements.push(typeof first === "string" ? first : (first as { text: string }).text);
    return Reflect.apply(original, pool, args);
  };
  pool.query = watched as typeof pool.query;
  return {
    statements,
    stop: () => {
      pool.query = original;
    },
  };
}
