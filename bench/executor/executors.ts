import type { DocumentNode, ExecutionArgs, ExecutionResult } from "graphql";
import { executeToText, prepareContext, RowCache, schema, stringifyResult } from "../../src/api/index.ts";
import { startGraph } from "../../src/graph/index.ts";
import { type Database, DataVersion } from "../../src/store/index.ts";
import { primaryVersion } from "../../src/store/read-server.ts";
import { compile, loadGraphqlJit } from "./graphql-jit.ts";
import { projectGraphql } from "./project-graphql.ts";

const { execute, parse, validate } = projectGraphql;

export const executorNames = ["own", "graphql-js", "graphql-jit"] as const;
export type ExecutorName = (typeof executorNames)[number];

/** Executes one query for one paper. Resolves with the JSON text of the answer. */
type Run = (ref: string) => Promise<string>;

export type Prepared = {
  /** Compiles or plans a query once. Throws if the executor does not support it. */
  prepare(executor: ExecutorName, query: string): Run;
  close(): Promise<void>;
};

/** Characters of rows in memory: all that the questions read. */
const rowCacheSize = 1_000_000_000;

/**
 * The executors on one schema and one kind of context: a graph in memory, and rows that stay there once read. Nothing
 * pauses for other requests: only our executor waits for an item before it takes the next one, so that the others would
 * make a promise for each item behind a pause.
 */
export async function prepareExecutors(database: Database): Promise<Prepared> {
  const graph = startGraph(database);
  await graph.waitUntilLoaded();
  const version = new DataVersion({ versionDatabase: database, versionStatement: primaryVersion }, () =>
    graph.graphVersion(),
  );
  const prepareOne = prepareContext(database, graph, new RowCache(version, rowCacheSize));
  const createContext = () => {
    const context = prepareOne();
    Object.defineProperty(context.allowance, "isTurnOver", { value: false });
    return context;
  };
  const jit = loadGraphqlJit();

  const byExecution =
    (run: (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>, query: string): Run =>
    async (ref) => {
      const document = parsed(query);
      return stringifyResult(
        await run({ schema, document, contextValue: createContext(), variableValues: { ref } }),
      );
    };
  const prepare = (executor: ExecutorName, query: string): Run => {
    if (executor === "own") return byExecution(executeToText, query);
    if (executor === "graphql-js") return byExecution(execute, query);
    const compiled = compile(jit, schema, parsed(query));
    return async (ref) => compiled.stringify(await compiled.query(undefined, createContext(), { ref }));
  };
  return { prepare, close: () => graph.close() };
}

const documents = new Map<string, DocumentNode>();

/** The document of a query, parsed and validated once, as servers keep it. */
function parsed(query: string): DocumentNode {
  let document = documents.get(query);
  if (document === undefined) {
    document = parse(query);
    const [error] = validate(schema, document);
    if (error !== undefined) throw error;
    documents.set(query, document);
  }
  return document;
}
