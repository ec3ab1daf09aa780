import type { Plugin } from "graphql-yoga";
import { variablesError } from "../../api/limits/variables.ts";

/** Refuses variables with lists that are too long. */
export function useVariableLimits(): Plugin {
  return {
    onExecute({ args: { variableValues }, setResultAndStopExecution }) {
      const error = variablesError(variableValues ?? {});
      if (error !== null) setResultAndStopExecution({ errors: [error] });
    },
    onSubscribe({ args: { variableValues }, setResultAndStopExecution }) {
      const error = variablesError(variableValues ?? {});
      if (error !== null) setResultAndStopExecution({ errors: [error] });
    },
  };
}
