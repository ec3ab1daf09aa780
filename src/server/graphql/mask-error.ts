import { GraphQLError, type GraphQLErrorExtensions } from "graphql";
import { clientCodeOf } from "../../api/index.ts";
import { isServerFault } from "../../store/index.ts";
import { databaseDownExtensions, databaseDownText, unavailableHttp } from "../http/index.ts";

/** In characters. graphql-js repeats rejected values in its messages, however long they are. */
const maxMessageLength = 1_000;

export type LogError = (message: string, error: unknown) => void;

/**
 * Converts an error to what the client may see. Errors meant for clients keep their message, with a code from the list.
 * If the database is down, the client gets that and when to retry. Details of all other errors stay hidden; they are
 * logged here, once.
 */
export function createMaskError(logError: LogError): (error: unknown) => GraphQLError {
  return (error) => {
    const code = clientCodeOf(error);
    if (error instanceof GraphQLError && code !== null) {
      const isReady = error.extensions["code"] === code && error.message.length <= maxMessageLength;
      return isReady ? error : withCode(error, code, shortened(error.message));
    }
    const path = error instanceof GraphQLError ? (error.path?.join(".") ?? "") : "";
    const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
    logError(path === "" ? "a request failed" : `a request failed at ${path}`, cause);
    if (isServerFault(cause)) {
      return error instanceof GraphQLError
        ? withExtensions(error, databaseDownText, databaseDownExtensions)
        : new GraphQLError(databaseDownText, {
            extensions: { ...databaseDownExtensions, http: unavailableHttp },
          });
    }
    const message = "Internal server error.";
    return error instanceof GraphQLError
      ? withCode(error, "INTERNAL_SERVER_ERROR", message)
      : new GraphQLError(message, { extensions: { code: "INTERNAL_SERVER_ERROR", http: { status: 500 } } });
  };
}

function shortened(message: string): string {
  return message.length <= maxMessageLength ? message : `${message.slice(0, maxMessageLength)}…`;
}

function withCode(error: GraphQLError, code: string, message: string): GraphQLError {
  const http = error.extensions["http"];
  const hasCode = error.extensions["code"] === code;
  return withExtensions(
    error,
    message,
    hasCode ? error.extensions : { code, ...(http === undefined ? {} : { http }) },
  );
}

function withExtensions(
  error: GraphQLError,
  message: string,
  extensions: GraphQLErrorExtensions,
): GraphQLError {
  return new GraphQLError(message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions: { ...extensions },
  });
}
