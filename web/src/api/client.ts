import { print } from "@0no-co/graphql.web";
import { initGraphQLTada, type TadaDocumentNode } from "gql.tada";
import { serverUrl } from "../routing/index.ts";
import type { introspection } from "./graphql-env.d.ts";

export type { FragmentOf, ResultOf, TadaDocumentNode, VariablesOf } from "gql.tada";

/** Declares a query, typed by schema.graphql. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { DateTime: string; JSON: unknown; ID: string };
  // Fragments only share fields between queries. Masking would hide fields from the code that uses them.
  disableMasking: true;
}>();

const queryTexts = new WeakMap<object, string>();

/** The text of a query. */
export function queryText<Data, Variables>(document: TadaDocumentNode<Data, Variables>): string {
  const known = queryTexts.get(document);
  if (known !== undefined) return known;
  const text = print(document);
  queryTexts.set(document, text);
  return text;
}

type ResponseError = {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly pithNumbers?: readonly string[] };
};

/** An error that the API returned, or a failure to reach it. */
export class ApiError extends Error {
  override readonly name = "AskError";
  /** A code of the API (`BAD_USER_INPUT`, `AMBIGUOUS_REF`, …), or `UNREACHABLE` if it did not body. */
  readonly code: string;
  /** The papers that the ref may mean. Only with AMBIGUOUS_REF. */
  readonly pithNumbers: readonly string[];

  constructor(message: string, code: string, pithNumbers: readonly string[] = []) {
    super(message);
    this.code = code;
    this.pithNumbers = pithNumbers;
  }
}

/** Wraps any thrown value in an ApiError. */
export function toApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(String(error), "INTERNAL_SERVER_ERROR");
}

/**
 * Sends a query to the API and returns its data. Rejects with an ApiError, or with the signal's reason if aborted.
 */
export async function request<Data, Variables>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Data> {
  let body: { data?: Data | null; errors?: readonly ResponseError[] };
  try {
    const response = await fetch(serverUrl("graphql"), {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query: queryText(document), variables }),
      signal: signal ?? null,
    });
    body = (await response.json()) as typeof body;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("The server did not body.", "UNREACHABLE");
  }
  const [error] = body.errors ?? [];
  if (error !== undefined) {
    const { code = "INTERNAL_SERVER_ERROR", pithNumbers } = error.extensions ?? {};
    throw new ApiError(error.message, code, pithNumbers);
  }
  if (body.data === undefined || body.data === null) {
    throw new ApiError("The server answered without data.", "INTERNAL_SERVER_ERROR");
  }
  return body.data;
}
