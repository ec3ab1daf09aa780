import { createHash } from "node:crypto";
import { type GraphQLSchema, Kind, type OperationTypeNode, parse, validate } from "graphql";
import { ApiError } from "../../api/index.ts";
import { readTextFile } from "../../ingest/index.ts";
import { errorText } from "../../runtime/index.ts";

/** The parameters of a request, before they are checked. */
export type GivenParameters = {
  readonly query?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
  readonly extensions?: unknown;
  /** The SHA-256 of a document that this server has, instead of its text. */
  readonly documentId?: unknown;
};

type TrustedDocument = {
  readonly text: string;
  /** The kinds of its operations. */
  readonly kinds: ReadonlySet<OperationTypeNode>;
};

/** Documents by the SHA-256 of their text, in lower-case hex. */
export type TrustedDocuments = ReadonlyMap<string, TrustedDocument>;

export const noDocuments: TrustedDocuments = new Map();

export type DocumentSettings = {
  readonly documents: TrustedDocuments;
  /** Whether only these documents are executed. */
  readonly only: boolean;
};

/** The document that a request names by its hash; undefined if it names none that this server has. */
export function namedDocument(
  parameters: GivenParameters,
  documents: TrustedDocuments,
): TrustedDocument | undefined {
  return documents.get(hashOf(parameters) ?? "");
}

/**
 * The parameters with a document's text instead of its hash. Throws PERSISTED_QUERY_NOT_FOUND, PERSISTED_QUERY_REQUIRED
 * or BAD_USER_INPUT.
 */
export function withDocument(given: GivenParameters, { documents, only }: DocumentSettings): GivenParameters {
  const hash = hashOf(given);
  const { query, documentId: _hash, ...others } = given;
  if (hash === null) {
    if (only && typeof query === "string" && !documents.has(sha256Of(query))) {
      throw required("This server runs only trusted documents, and this is not one of them.");
    }
    if (only && query === undefined)
      throw required("Request a trusted document by its SHA-256 in `documentId`.");
    return given;
  }
  const document = documents.get(hash);
  if (document === undefined) {
    throw new ApiError("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound", {
      hint: only
        ? "This server has no document with this SHA-256, and runs no others."
        : "This server has no document with this SHA-256. Send its text as `query`, without the hash.",
      http: { status: 404, spec: true },
    });
  }
  if (typeof query === "string" && query !== document.text) {
    throw new ApiError("BAD_USER_INPUT", "The SHA-256 does not match the query.", {
      http: { status: 400, spec: true },
    });
  }
  return { ...others, query: document.text };
}

function required(message: string): ApiError {
  return new ApiError("PERSISTED_QUERY_REQUIRED", message, { http: { status: 403, spec: true } });
}

/**
 * The hash by which a request names a document: `documentId`, or that of persisted queries
 * (`extensions.persistedQuery.sha256Hash`). Null if it names none.
 */
function hashOf({ documentId, extensions }: GivenParameters): string | null {
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } | null };
  const hash = documentId ?? persistedQuery?.sha256Hash;
  return typeof hash === "string" ? hash.replace(/^sha256:/, "").toLowerCase() : null;
}

/** A file of documents is invalid; the message says why. */
class DocumentsError extends Error {
  override readonly name = "DocumentsError";
}

/**
 * Reads a file of documents: a JSON array of their texts, or an object keyed by the SHA-256 of each, as code generators
 * write it. All must fit the schema. Throws DocumentsError.
 */
export async function readDocuments(path: string, schema: GraphQLSchema): Promise<TrustedDocuments> {
  let value: unknown;
  try {
    value = JSON.parse(await readTextFile(path));
  } catch (error) {
    throw new DocumentsError(`Can't read ${path} (PITH_GRAPH_DOCUMENTS): ${errorText(error)}`);
  }
  if (typeof value !== "object" || value === null) {
    throw new DocumentsError(`${path} must contain a JSON array or object of GraphQL documents.`);
  }
  const documents = new Map<string, TrustedDocument>();
  for (const [name, text] of Object.entries(value)) {
    const place = `${path}: the document ${JSON.stringify(name)}`;
    if (typeof text !== "string") throw new DocumentsError(`${place} is not a string.`);
    const hash = sha256Of(text);
    const named = Array.isArray(value) ? hash : name.replace(/^sha256:/, "").toLowerCase();
    if (named !== hash) throw new DocumentsError(`${place} must be named by its SHA-256, ${hash}.`);
    documents.set(hash, checked(text, schema, place));
  }
  return documents;
}

function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function checked(text: string, schema: GraphQLSchema, place: string): TrustedDocument {
  try {
    const document = parse(text);
    const [error] = validate(schema, document);
    if (error !== undefined) throw error;
    const kinds = document.definitions.flatMap((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION ? [definition.operation] : [],
    );
    return { text, kinds: new Set(kinds) };
  } catch (error) {
    throw new DocumentsError(`${place} is invalid: ${errorText(error)}`);
  }
}
