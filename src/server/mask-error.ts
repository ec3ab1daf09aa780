import { GraphQLError } from "graphql";
import { clientCodeOf } from "../api/errors.ts";

export type LogError = (message: string, error: unknown) => void;

/**
 * What the client is told of an error. Errors meant for clients keep their message, with a code from the list;
 * of all others nothing gets out, and they are logged here, once.
 */
export function createMaskError(logError: LogError): (error: unknown) => GraphQLError {
  return (error) => {
    const code = clientCodeOf(error);
    if (error instanceof GraphQLError && code !== null) {
      return error.extensions["code"] === code ? error : withCode(error, code, error.message);
    }
    const path = error instanceof GraphQLError ? (error.path?.join(".") ?? "") : "";
    const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
    logError(path === "" ? "a request failed" : `a request failed at ${path}`, cause);
    const message = "Internal server error.";
    return error instanceof GraphQLError
      ? withCode(error, "INTERNAL_SERVER_ERROR", message)
      : new GraphQLError(message, { extensions: { code: "INTERNAL_SERVER_ERROR", http: { status: 500 } } });
  };
}

function withCode(error: GraphQLError, code: string, message: string): GraphQLError {
  const http = error.extensions["http"];
  return new GraphQLError(message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions: { code, ...(http === undefined ? {} : { http }) },
  });
}
