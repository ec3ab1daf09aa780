import type { Plugin } from "graphql-yoga";
import { depthRule } from "../../api/limits/depth.ts";

/** Refuses queries that are nested too deep. */
export function useDepthLimit(): Plugin {
  return {
    onValidate({ addValidationRule }) {
      addValidationRule(depthRule);
    },
  };
}
