import type { Parameters } from "../http/parameters.ts";

/**
 * The hash by which a request names a document: `documentId`, or as persisted queries are asked for
 * (`extensions.persistedQuery.sha256Hash`). Null where it names none.
 */
export function askedDocument({ documentId, extensions }: Parameters): string | null {
  const persisted: unknown = extensions?.["persistedQuery"];
  const hash =
    documentId ??
    (typeof persisted === "object" && persisted !== null && "sha256Hash" in persisted
      ? persisted.sha256Hash
      : undefined);
  return typeof hash === "string" ? hash.replace(/^sha256:/, "").toLowerCase() : null;
}
