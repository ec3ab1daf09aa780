import { type ExecutionArgs, GraphQLError, getOperationAST, getVariableValues } from "graphql";
import type { Plugin } from "graphql-yoga";
import { ApiError, badUserInput } from "../../api/errors.ts";
import { costOf } from "../../api/limits/cost.ts";
import type { QueryLimits } from "../../api/limits/query-limits.ts";

/** Refuses operations that may cost too much with the variables they come with. */
export function useCostLimit(limits: QueryLimits): Plugin {
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const error = costError(args, limits);
      if (error !== null) setResultAndStopExecution({ errors: [error] });
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const error = costError(args, limits);
      if (error !== null) setResultAndStopExecution({ errors: [error] });
    },
  };
}

function costError(args: ExecutionArgs, { cost: most }: QueryLimits): GraphQLError | null {
  const { schema, document, operationName, variableValues } = args;
  const operation = getOperationAST(document, operationName);
  // Execution says what is wrong.
  if (!operation) return null;
  let cost: number;
  try {
    cost = costOf(schema, document, operation, variableValues ?? {});
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {});
    // Execution says what is wrong with variables; an argument that cannot be priced is refused here.
    return errors === undefined ? badUserInput(error.message) : null;
  }
  if (cost <= most) return null;
  return new ApiError(
    "QUERY_TOO_COMPLEX",
    `The query costs ${cost}; ${most} is the most. It is about the number of fields that the answer may have: ask for ` +
      "smaller pages (`first`, `last`, `maxNodes`), or for less under them.",
    { cost, maximum: most, http: { status: 400 } },
  );
}
