import { type ExecutionResult, getOperationAST } from "graphql";
import type { Plugin } from "graphql-yoga";
import { clientCodeOf } from "../../api/errors.ts";
import { Watched } from "../../watched.ts";

/** A GraphQL operation on its way; what it is, is known once its document is parsed. */
export type Operation = {
  kind: "query" | "mutation" | "subscription" | "unknown";
  /** The name that the client gives it; null where it gives none. */
  name: string | null;
};

/** How an operation ended. */
export type OperationEnd = {
  /** Of the first error; null without one. */
  readonly code: string | null;
};

/**
 * Operations, from parsing until there is a result. Answers that were kept, and requests that are refused before
 * anything is parsed, are none.
 */
export const operations = new Watched<Operation>();

type Params = Parameters<NonNullable<Plugin["onParams"]>>[0];

/** Lets operations be watched. */
export function useWatchedOperations(): Plugin {
  const known = new WeakMap<Request, Operation>();
  return {
    onParams({ request, paramsHandler, setParamsHandler }: Params) {
      if (!operations.isWatched) return;
      setParamsHandler(async (payload) => {
        const operation: Operation = { kind: "unknown", name: null };
        known.set(request, operation);
        const watch = operations.begin(operation);
        try {
          const result = await watch.run(() => paramsHandler(payload));
          const end: OperationEnd = { code: codeOf(result as ExecutionResult) };
          watch.end({ result: end });
          return result;
        } catch (error) {
          watch.end({ error });
          throw error;
        }
      });
    },
    onExecute({ args }) {
      tell(args, known);
    },
    onSubscribe({ args }) {
      tell(args, known);
    },
  };
}

type Args = Parameters<NonNullable<Plugin["onExecute"]>>[0]["args"];

function tell({ contextValue, document, operationName }: Args, known: WeakMap<Request, Operation>): void {
  if (!operations.isWatched) return;
  const operation = known.get((contextValue as { request: Request }).request);
  const definition = getOperationAST(document, operationName);
  if (operation === undefined || !definition) return;
  operation.kind = definition.operation;
  operation.name = definition.name?.value ?? null;
}

function codeOf({ errors }: ExecutionResult): string | null {
  const [first] = errors ?? [];
  return first === undefined ? null : (clientCodeOf(first) ?? "INTERNAL_SERVER_ERROR");
}
