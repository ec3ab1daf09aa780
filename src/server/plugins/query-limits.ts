import type { Plugin } from "graphql-yoga";
import type { QueryLimits } from "../../api/limits/query-limits.ts";
import { useCostLimit } from "./cost-limit.ts";
import { useDocumentLimits } from "./document-limits.ts";
import { useSourceLimits } from "./source-limits.ts";
import { useTimeLimit } from "./time-limit.ts";
import { useVariableLimits } from "./variable-limits.ts";

/** All that holds queries to their limits, each before the work that it saves. */
export function queryLimitPlugins(limits: QueryLimits): Plugin[] {
  return [
    useSourceLimits(limits),
    useDocumentLimits(limits),
    useVariableLimits(),
    useCostLimit(limits),
    useTimeLimit(limits),
  ];
}
