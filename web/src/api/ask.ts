import { serverAddress } from "../routing/addresses.ts";
import type { TadaDocumentNode } from "./graphql.ts";
import { queryText } from "./query-text.ts";

type AnswerError = {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly pithNumbers?: readonly string[] };
};

/** What the API says is wrong, or that it could not be asked. */
export class AskError extends Error {
  override readonly name = "AskError";
  /** One of the API's list (`BAD_USER_INPUT`, `AMBIGUOUS_REF`, …); `UNREACHABLE` where it did not answer. */
  readonly code: string;
  /** With AMBIGUOUS_REF: the papers that it may be. */
  readonly pithNumbers: readonly string[];

  constructor(message: string, code: string, pithNumbers: readonly string[] = []) {
    super(message);
    this.code = code;
    this.pithNumbers = pithNumbers;
  }
}

/** Asks the API. What comes back has the type of what was asked. Rejects with an AskError, or as the signal says. */
export async function ask<Data, Variables>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Data> {
  let answer: { data?: Data | null; errors?: readonly AnswerError[] };
  try {
    const response = await fetch(serverAddress("graphql"), {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query: queryText(document), variables }),
      signal: signal ?? null,
    });
    answer = (await response.json()) as typeof answer;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new AskError("The server did not answer.", "UNREACHABLE");
  }
  const [error] = answer.errors ?? [];
  if (error !== undefined) {
    const { code = "INTERNAL_SERVER_ERROR", pithNumbers } = error.extensions ?? {};
    throw new AskError(error.message, code, pithNumbers);
  }
  if (answer.data === undefined || answer.data === null) {
    throw new AskError("The server answered without data.", "INTERNAL_SERVER_ERROR");
  }
  return answer.data;
}
