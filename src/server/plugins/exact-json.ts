import type { Plugin } from "graphql-yoga";
import { stringifyResult } from "../../api/json-text.ts";

/** Writes results with the exact number texts of JSON scalars. */
export function useExactJson(): Plugin {
  return {
    onExecutionResult({ result }) {
      // What has a text already keeps it.
      if (result !== undefined && !(Symbol.asyncIterator in result)) result.stringify ??= stringifyResult;
    },
  };
}
