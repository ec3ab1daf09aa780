import { type DocumentNode, GraphQLError, type ParseOptions, parse } from "graphql";
import { ApiError } from "../errors.ts";
import { maximumNesting, type QueryLimits } from "./query-limits.ts";

/** Parses a query. Throws QUERY_TOO_COMPLEX where it is longer or deeper than any that is written in earnest. */
export function parseWithin(
  source: string,
  options: ParseOptions,
  { tokens }: Pick<QueryLimits, "tokens">,
): DocumentNode {
  refuseDeepNesting(source);
  try {
    return parse(source, { ...options, maxTokens: tokens });
  } catch (error) {
    if (error instanceof GraphQLError && /tokens\. Parsing aborted/.test(error.message)) {
      throw new ApiError(
        "QUERY_TOO_COMPLEX",
        `The query has more than ${tokens} tokens, which is the most. Ask in several requests, or by fragments.`,
        { maximum: tokens },
      );
    }
    throw error;
  }
}

/**
 * Texts and comments, whose brackets do not count; and brackets. A text without an end goes as far as it can: would it
 * not match at all, the search for it began again at each quote within it.
 */
const parts = /"""(?:\\"""|[^"]|"(?!""))*(?:""")?|"(?:\\.|[^"\\\n])*"?|#[^\n]*|[([{]|[)\]}]/g;

function refuseDeepNesting(source: string): void {
  let depth = 0;
  for (const [part] of source.matchAll(parts)) {
    if (part === "{" || part === "[" || part === "(") depth++;
    else if (part === "}" || part === "]" || part === ")") depth--;
    if (depth > maximumNesting) {
      throw new ApiError(
        "QUERY_TOO_COMPLEX",
        `The query has more than ${maximumNesting} brackets inside each other, which is the most. Nest it less.`,
        { maximum: maximumNesting },
      );
    }
  }
}
