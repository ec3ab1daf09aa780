import { errorText } from "../../runtime/index.ts";
import { CommandError, exitStatus } from "../command-error.ts";

export type Variables = Readonly<Record<string, unknown>>;

/** Queries the GraphQL schema: over a database in this process, or over HTTP. There is no other way to read. */
export type Reader = {
  /** Returns the data. Rejects with a CommandError if the schema answers with an error. */
  readonly execute: <Data>(query: string, variables?: Variables) => Promise<Data>;
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
const usageCodes = new Set([
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
      ? exitStatus.failed
      : usageCodes.has(code)
        ? exitStatus.usage
        : exitStatus.unavailable;
  throw new CommandError(error.message, status, { code });
}

export function noAnswer(): CommandError {
  return new CommandError(
    "Unexpected response. Is the server pith-graph, and of this version?",
    exitStatus.unavailable,
  );
}

/** How long an answer may take, in milliseconds. */
const timeoutMilliseconds = 60_000;
/** Bytes of an answer, at most. The largest that these commands request is a graph of 5,000 works. */
const maxAnswerBytes = 2 ** 26;

/** Queries a pith-graph over HTTP. `address` is its base, or that of its `/graphql`. */
export function openRemoteReader(address: string): Reader {
  const url = new URL("graphql", serviceAddress(address));
  return {
    execute: async <Data>(query: string, variables: Variables = {}) =>
      dataOf(await post(url, query, variables)) as Data,
    close: async () => {},
  };
}

/** The base of a service, ending with a slash. Throws CommandError if it is not a web address. */
export function serviceAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CommandError(
      `--url must be an address like https://mirror.example.org, not ${JSON.stringify(address)}.`,
      exitStatus.usage,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new CommandError("--url must not contain a user or a password.", exitStatus.usage);
  }
  url.pathname = `${url.pathname.replace(/\/+$/, "").replace(/\/graphql$/, "")}/`;
  url.search = "";
  url.hash = "";
  return url;
}

async function post(url: URL, query: string, variables: Variables): Promise<Answer> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json, application/json",
      },
      body: JSON.stringify({ query, variables }),
      // A redirect would disclose the query to another server.
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    text = await readAll(response);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`Can't reach ${url.origin}: ${reasonOf(error)}.`, exitStatus.unavailable);
  }
  return answerOf(url, response, text);
}

/** The answer in the body of a response. Throws CommandError if there is none. */
export function answerOf(url: URL, { status }: Response, text: string): Answer {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new CommandError(
      `${url.href} returned status ${status} and no JSON. Is it a pith-graph server?`,
      exitStatus.unavailable,
    );
  }
  if (!isAnswer(answer)) throw noAnswer();
  return answer;
}

/** The text of a response. Rejects with CommandError if it is too long. */
export async function readAll({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) {
      throw new CommandError(
        `The response is larger than ${maxAnswerBytes} bytes. Request less.`,
        exitStatus.unavailable,
      );
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function isAnswer(value: unknown): value is Answer {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { errors } = value as { errors?: unknown };
  if (errors === undefined) return true;
  return (
    Array.isArray(errors) &&
    errors.every((error) => typeof (error as { message?: unknown } | null)?.message === "string")
  );
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError")
    return `no answer within ${timeoutMilliseconds / 1000} s`;
  return errorText(error);
}
