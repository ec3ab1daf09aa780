import { GraphQLError } from "graphql";

/** Every error that a client sees has one of these as `extensions.code`. */
export const errorCodes = [
  "BAD_USER_INPUT",
  "AMBIGUOUS_REF",
  "NOT_FOUND",
  "UNAUTHENTICATED",
  "QUERY_TOO_COMPLEX",
  "OUT_OF_RANGE",
  "DOCUMENT_REJECTED",
  "TOO_LARGE",
  "RATE_LIMITED",
  "QUEUE_FULL",
  "UNAVAILABLE",
  "GRAPH_UNAVAILABLE",
  "SET_CHANGED",
  "CANCELLED",
  "TIMEOUT",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_REQUIRED",
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "INTERNAL_SERVER_ERROR",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Seconds after which a client may retry a request that failed with UNAVAILABLE. */
export const retryAfterSeconds = 5;

/** An error meant for the client: its message is shown as it is. All other errors are masked. */
export class ApiError extends GraphQLError {
  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}) {
    super(message, { extensions: { code, ...details } });
    this.name = "ApiError";
  }
}

export function badUserInput(message: string): ApiError {
  return new ApiError("BAD_USER_INPUT", message);
}

/** The code of an error that is meant for the client; null for any other. */
export function clientCodeOf(error: unknown): ErrorCode | null {
  if (!(error instanceof GraphQLError)) return null;
  const { originalError } = error;
  if (originalError !== undefined && originalError !== null && !(originalError instanceof ApiError)) {
    if (!(originalError instanceof GraphQLError)) return null;
    return isBeforeExecution(error) || isAboutQuery(originalError) ? clientCodeOf(originalError) : null;
  }
  const code = error.extensions["code"];
  if (errorCodes.includes(code as ErrorCode)) return code as ErrorCode;
  // graphql-js sets no code for invalid variables or an unknown operation.
  return isBeforeExecution(error) ? "BAD_USER_INPUT" : null;
}

/**
 * Whether graphql-js blames an argument or directive of the query: such errors have `nodes`. Errors about a value that
 * the server returned (an Int out of range) have none.
 */
function isAboutQuery({ nodes }: GraphQLError): boolean {
  return nodes !== undefined;
}

function isBeforeExecution(error: GraphQLError): boolean {
  return error.path === undefined;
}
