import type { GraphQLParams } from "graphql-yoga";

/** What a request asks for, beside graphql-yoga's own: a document that is held here, by its hash. */
export type Parameters = GraphQLParams & { readonly documentId?: unknown };

/** The parameters of a GET; null where its variables or extensions are no JSON. */
export function parametersOfQuery(url: string): Parameters | null {
  const query = url.indexOf("?");
  const given = new URLSearchParams(query < 0 ? "" : url.slice(query + 1));
  const text = (name: string) => given.get(name) || undefined;
  try {
    return compact({
      query: text("query"),
      operationName: text("operationName"),
      documentId: text("documentId"),
      variables: json(text("variables")),
      extensions: json(text("extensions")),
    });
  } catch {
    return null;
  }
}

/** The parameters in a body; null where it is JSON of another kind, like a batch. */
export function parametersOfBody(body: Buffer): Parameters | null | "no JSON" {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    return "no JSON";
  }
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
}

function json(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}

/** Without the members that are undefined. What kind the others are is checked later, for bodies as well. */
function compact(given: Record<string, unknown>): Parameters {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
