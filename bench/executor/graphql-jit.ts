import type { DocumentNode, ExecutionResult, GraphQLSchema } from "graphql";
import { loadPeer } from "./project-graphql.ts";

type Compiled = {
  query(root: unknown, context: unknown, variables: object): ExecutionResult | Promise<ExecutionResult>;
  stringify(result: ExecutionResult): string;
};
type GraphqlJit = {
  compileQuery(
    schema: GraphQLSchema,
    document: DocumentNode,
    operationName: string | null,
    options: { readonly customJSONSerializer: boolean },
  ): Compiled | ExecutionResult;
};

export function loadGraphqlJit(): GraphqlJit {
  return loadPeer("graphql-jit") as GraphqlJit;
}

/** A query compiled once. Throws if graphql-jit cannot compile it. */
export function compile(
  { compileQuery }: GraphqlJit,
  schema: GraphQLSchema,
  document: DocumentNode,
): Compiled {
  const compiled = compileQuery(schema, document, null, { customJSONSerializer: true });
  if ("query" in compiled) return compiled;
  throw compiled.errors?.[0] ?? new Error("graphql-jit compiles nothing.");
}
