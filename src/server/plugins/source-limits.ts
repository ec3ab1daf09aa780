import type { ParseOptions } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { QueryLimits } from "../../api/limits/query-limits.ts";
import { parseWithin } from "../../api/limits/source.ts";

/** Stops parsing where a query is longer, or nested deeper, than it may be. */
export function useSourceLimits(limits: QueryLimits): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string, options: ParseOptions) => parseWithin(source, options, limits));
    },
  };
}
