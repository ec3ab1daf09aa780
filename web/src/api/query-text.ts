import { print } from "@0no-co/graphql.web";
import type { TadaDocumentNode } from "./graphql.ts";

const printed = new WeakMap<object, string>();

/** A query as text. */
export function queryText<Data, Variables>(document: TadaDocumentNode<Data, Variables>): string {
  const known = printed.get(document);
  if (known !== undefined) return known;
  const text = print(document);
  printed.set(document, text);
  return text;
}
