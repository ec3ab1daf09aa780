import type { Plugin } from "graphql-yoga";
import { ApiError } from "../../api/errors.ts";
import { askedDocument } from "../documents/asked-document.ts";
import { sha256Of, type TrustedDocuments } from "../documents/trusted-documents.ts";
import { type Parameters, parametersOfQuery } from "../http/parameters.ts";

export type DocumentSettings = {
  readonly documents: TrustedDocuments;
  /** Whether nothing else is run. */
  readonly only: boolean;
};

/** Puts the text of a document in the place of its hash; refuses others where only those held here are run. */
export function useTrustedDocuments({ documents, only }: DocumentSettings): Plugin {
  return {
    onParams({ request, params, setParams }) {
      const given = withDocumentId(params, request);
      const hash = askedDocument(given);
      if (hash === null) {
        if (only && typeof params.query === "string" && !documents.has(sha256Of(params.query))) {
          throw refused("Only documents that this server holds are run here; this is none of them.");
        }
        if (only && params.query === undefined)
          throw refused("Name a document by its SHA-256 in `documentId`.");
        return;
      }
      const document = documents.get(hash);
      if (document === undefined) {
        throw new ApiError("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound", {
          hint: only
            ? "This server holds no document of that SHA-256, and takes no others."
            : "This server holds no document of that SHA-256: send its text as `query`, without the hash.",
          http: { status: 404, spec: true },
        });
      }
      if (typeof params.query === "string" && params.query !== document.text) {
        throw new ApiError("BAD_USER_INPUT", "The query's SHA-256 is another than the one beside it.", {
          http: { status: 400, spec: true },
        });
      }
      const { documentId: _hash, ...others } = given;
      setParams({ ...others, query: document.text });
    },
  };
}

/** graphql-yoga itself does not read `documentId` from an address. */
function withDocumentId(params: Parameters, request: Request): Parameters {
  if (request.method !== "GET" || params.documentId !== undefined || params.query !== undefined)
    return params;
  const documentId = parametersOfQuery(request.url)?.documentId;
  return documentId === undefined ? params : { ...params, documentId };
}

function refused(message: string): ApiError {
  return new ApiError("PERSISTED_QUERY_REQUIRED", message, { http: { status: 403, spec: true } });
}
