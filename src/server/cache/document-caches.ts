import type { DocumentNode } from "graphql";
import { BoundedTexts } from "../../bounded-texts.ts";

/** Characters of queries that are kept parsed. A parsed query takes some twenty bytes for each character. */
const maximumQueries = 1_000_000;
/** Of queries that could not be parsed, each with its error. */
const maximumMistakes = 200_000;

/** Where graphql-yoga keeps queries parsed, and with them that they are valid. Bounded by size, not by number. */
export function documentCaches(): {
  documentCache: { get(key: string): DocumentNode | undefined; set(key: string, value: DocumentNode): void };
  errorCache: { get(key: string): unknown; set(key: string, value: unknown): void };
} {
  const documents = new BoundedTexts<DocumentNode>(maximumQueries);
  const errors = new BoundedTexts<unknown>(maximumMistakes);
  return {
    documentCache: { get: (key) => documents.get(key), set: (key, value) => documents.set(key, value, 0) },
    errorCache: { get: (key) => errors.get(key), set: (key, value) => errors.set(key, value, 0) },
  };
}
