import { GraphQLError, parse } from "graphql";
import type { Plugin } from "graphql-yoga";
import { ApiError } from "../../api/errors.ts";

/** Words, names and marks in a query. Twenty aliased fields with fragments have a few hundred. */
export const maximumTokens = 5000;

/** Stops parsing where a query is longer than any that a person or a program in earnest writes. */
export function useTokenLimit(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string, options: object) => {
        try {
          return parse(source, { ...options, maxTokens: maximumTokens });
        } catch (error) {
          if (error instanceof GraphQLError && /tokens\. Parsing aborted/.test(error.message)) {
            throw new ApiError("QUERY_TOO_COMPLEX", `The query has more than ${maximumTokens} tokens.`);
          }
          throw error;
        }
      });
    },
  };
}
