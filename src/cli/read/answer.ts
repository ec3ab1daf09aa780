import { CommandError, exitStatus } from "../command-error.ts";

export type Variables = Readonly<Record<string, unknown>>;

/** Queries the GraphQL schema: over a database in this process, or over HTTP. There is no other way to read. */
export type Reader = {
  /** Returns the data. Rejects with a CommandError if the schema answers with an error. */
  readonly ask: <Data>(query: string, variables?: Variables) => Promise<Data>;
  readonly close: () => Promise<void>;
};

/** A GraphQL answer, whoever executed it. */
export type Answer = {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: unknown } | undefined;
  }[];
};

/** Error codes for wrong queries; all others are faults of the server. */
const misused = new Set([
  "BAD_USER_INPUT",
  "AMBIGUOUS_REF",
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "QUERY_TOO_COMPLEX",
  "PERSISTED_QUERY_REQUIRED",
]);

/** The data of an answer without errors; else throws a CommandError with the first error's message and code. */
export function dataOf(answer: Answer): unknown {
  const [error] = answer.errors ?? [];
  if (error === undefined) {
    if (answer.data === undefined || answer.data === null) throw noAnswer();
    return answer.data;
  }
  const code = typeof error.extensions?.code === "string" ? error.extensions.code : "UNKNOWN";
  const status =
    code === "NOT_FOUND"
      ? exitStatus.foundWrong
      : misused.has(code)
        ? exitStatus.misused
        : exitStatus.impossible;
  throw new CommandError(error.message, status, { code });
}

export function noAnswer(): CommandError {
  return new CommandError(
    "The server's answer is not what this version of pith-graph asks for. Is it a pith-graph of another version?",
    exitStatus.impossible,
  );
}
