import { canonicalJson, type JsonObject } from "../../src/protocol/index.ts";

/** One canonical document a line. */
export function ndjson(documents: Iterable<JsonObject>): string {
  return Array.from(documents, (document) => `${canonicalJson(document)}\n`).join("");
}
