import type { ExecutionResult } from "graphql";
import { isAsyncIterable, type Plugin } from "graphql-yoga";
import { JsonText } from "../../api/json-text.ts";
import { unavailableHttp } from "../unavailable.ts";

/**
 * Answers that hold nothing, since the service cannot answer now, are errors of HTTP as well: 503, with the time to come
 * again. Where some of the fields were answered those stay, with 200, as both media types of GraphQL have it.
 */
export function useUnavailableStatus(): Plugin {
  return {
    onExecutionResult({ result }) {
      if (result === undefined || isAsyncIterable(result) || !isUnavailable(result)) return;
      if (!isEmpty(result.data)) return;
      delete result.data;
      result.extensions = { ...result.extensions, http: unavailableHttp };
    },
  };
}

export function isUnavailable({ errors }: Pick<ExecutionResult, "errors">): boolean {
  return errors?.some(({ extensions }) => extensions["code"] === "UNAVAILABLE") ?? false;
}

/** An object without a value; of a large one no more is read than its first member. */
const onlyNulls = /^(?:null|\{(?:"[^"]*":null,?)*\})$/;

/** Whether none of the root's fields has a value. */
function isEmpty(data: unknown): boolean {
  if (data instanceof JsonText) return onlyNulls.test(data.text);
  return Object.values(data ?? {}).every((value) => value === null);
}
