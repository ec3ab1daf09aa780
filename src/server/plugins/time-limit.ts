import { type ExecutionArgs, type ExecutionResult, getOperationAST, OperationTypeNode } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Context } from "../../api/context.ts";
import { ApiError } from "../../api/errors.ts";
import type { QueryLimits } from "../../api/limits/query-limits.ts";

/**
 * Ends queries that take too long: they are answered TIMEOUT at once, and what still runs for them in PostgreSQL and
 * in the graph is cancelled. Mutations are let finish: whoever sent one wants to know what became of it.
 */
export function useTimeLimit({ milliseconds }: QueryLimits): Plugin {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      if (getOperationAST(args.document, args.operationName)?.operation !== OperationTypeNode.QUERY) return;
      setExecuteFn(async (given: ExecutionArgs): Promise<ExecutionResult> => {
        const { deadline } = given.contextValue as Context;
        try {
          return await deadline.within(milliseconds, () => executeFn(given));
        } catch (error) {
          if (error instanceof ApiError) return { errors: [error] };
          throw error;
        }
      });
    },
  };
}
