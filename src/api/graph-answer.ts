import { builder } from "./builder.ts";
import { ApiError } from "./errors.ts";

export type GraphAnswer = { readonly truncated: boolean; readonly graphVersion: string };

export const GraphAnswerInterface = builder.interfaceRef<GraphAnswer>("GraphAnswer");

GraphAnswerInterface.implement({
  description: "What was computed over the citation graph. The members of a list were computed together.",
  fields: (t) => ({
    truncated: t.exposeBoolean("truncated", {
      description:
        "Whether anything is missing, or may be: the question's budget ended first, or there was more than `maxNodes`. " +
        "What is there is true of the part of the graph that was looked at.",
    }),
    graphVersion: t.exposeString("graphVersion", {
      description: "What it was computed at: see `Status.graphVersion`. To be compared for equality only.",
    }),
  }),
});

/**
 * What each member of a list says of the answer. Throws QUERY_TOO_COMPLEX where the budget ended before there was any:
 * an empty list would say that there are none.
 */
export function aboutList(
  { truncated, graphVersion }: GraphAnswer,
  list: readonly unknown[],
  first: number,
): GraphAnswer {
  if (truncated && list.length === 0 && first > 0) {
    throw new ApiError("QUERY_TOO_COMPLEX", "The question used up its budget before it found anything.");
  }
  return { truncated, graphVersion };
}
