import type { GraphQLError } from "graphql";
import { clientCodeOf } from "../../api/errors.ts";
import { Watched } from "../../watched.ts";

/** A GraphQL operation on its way; what it is, is known once its document is valid. */
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

/** Lets an operation be watched. The work notes what kind of operation it is. */
export async function watchOperation<Result>(
  work: (operation: Operation) => Promise<Result>,
  errorsOf: (result: Result) => readonly GraphQLError[] | undefined,
): Promise<Result> {
  const operation: Operation = { kind: "unknown", name: null };
  if (!operations.isWatched) return work(operation);
  const watch = operations.begin(operation);
  try {
    const result = await watch.run(() => work(operation));
    const end: OperationEnd = { code: codeOf(errorsOf(result)) };
    watch.end({ result: end });
    return result;
  } catch (error) {
    watch.end({ error });
    throw error;
  }
}

function codeOf([first]: readonly GraphQLError[] = []): string | null {
  return first === undefined ? null : (clientCodeOf(first) ?? "INTERNAL_SERVER_ERROR");
}
