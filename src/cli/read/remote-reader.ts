import { errorText } from "../../runtime/index.ts";
import { CommandError, exitStatus } from "../command-error.ts";
import { type Answer, dataOf, noAnswer, type Reader, type Variables } from "./answer.ts";

/** How long an answer may take, in milliseconds. */
const patience = 60_000;
/** Bytes of an answer, at most. The largest that these commands request is a graph of 5,000 works. */
const largestAnswer = 2 ** 26;

/** Queries a pith-graph over HTTP. `address` is its base, or that of its `/graphql`. */
export function openRemoteReader(address: string): Reader {
  const url = new URL("graphql", serviceAddress(address));
  return {
    ask: async <Data>(query: string, variables: Variables = {}) =>
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
      exitStatus.misused,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new CommandError("--url must have no user and no password: they are not sent.", exitStatus.misused);
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
      signal: AbortSignal.timeout(patience),
    });
    text = await readAll(response);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${url.href} cannot be asked: ${reasonOf(error)}.`, exitStatus.impossible);
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
      `${url.href} answers with status ${status} and no JSON. Is it a pith-graph?`,
      exitStatus.impossible,
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
    if (bytes > largestAnswer) {
      throw new CommandError(
        `The answer is larger than ${largestAnswer} bytes. Ask for less.`,
        exitStatus.impossible,
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
  if (error instanceof Error && error.name === "TimeoutError") return `no answer within ${patience / 1000} s`;
  return errorText(error);
}
