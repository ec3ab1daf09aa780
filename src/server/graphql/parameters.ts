import { ApiError } from "../../api/index.ts";
import { queryOf } from "../http/index.ts";
import type { GivenParameters } from "./trusted-documents.ts";

/** Checked parameters, ready to execute. */
export type Parameters = {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Record<string, unknown>;
};

/** The parameters of a GET; null if its variables or extensions are not JSON. */
export function parametersOfQuery(url: string): GivenParameters | null {
  const given = queryOf({ url });
  const text = (name: string) => given.get(name) || undefined;
  try {
    return {
      query: text("query"),
      operationName: text("operationName"),
      documentId: text("documentId"),
      variables: json(text("variables")),
      extensions: json(text("extensions")),
    };
  } catch {
    return null;
  }
}

/** The parameters in a body; null if it is JSON of another kind, like a batch. */
export function parametersOfBody(body: string): GivenParameters | null | "no JSON" {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return "no JSON";
  }
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
}

function json(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}

const names: readonly string[] = ["query", "operationName", "variables", "extensions", "documentId"];

/**
 * Checks parameters, in which a document hash is already replaced by its text. Throws BAD_USER_INPUT with status 400.
 * An empty `operationName` counts as none: forms and clients send it for none.
 */
export function checkedParameters(given: GivenParameters): Parameters {
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && value !== null && !names.includes(name))
      throw wrong(`Unexpected parameter "${name}" in the request body.`);
  }
  const { query, operationName, variables, extensions } = given;
  // With `application/json` this is answered with 200, as older clients expect.
  if (query === undefined || query === null) throw wrong("Must provide query string.", { spec: true });
  if (typeof query !== "string") throw wrong(`Expected "query" to be a string, but given ${kindOf(query)}.`);
  for (const [name, value] of Object.entries({ variables, extensions })) {
    if (!isObjectOrNone(value))
      throw wrong(`Expected "${name}" to be empty or an object, but given ${kindOf(value)}.`);
  }
  if (operationName !== undefined && operationName !== null && typeof operationName !== "string") {
    throw wrong(`Expected "operationName" to be a string, but given ${kindOf(operationName)}.`);
  }
  return {
    query,
    ...(operationName ? { operationName } : {}),
    ...(variables ? { variables: variables as Record<string, unknown> } : {}),
  };
}

function isObjectOrNone(value: unknown): boolean {
  return value === undefined || (typeof value === "object" && !Array.isArray(value));
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value;
}

function wrong(message: string, http: { readonly spec?: boolean } = {}): ApiError {
  return new ApiError("BAD_USER_INPUT", message, { http: { status: 400, ...http } });
}
