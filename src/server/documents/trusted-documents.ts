import { createHash } from "node:crypto";
import { type GraphQLSchema, Kind, type OperationTypeNode, parse, validate } from "graphql";
import { readTextFile } from "../../ingest/sources/byte-order-mark.ts";

export type TrustedDocument = {
  readonly text: string;
  /** Of its operations. */
  readonly kinds: ReadonlySet<OperationTypeNode>;
};

/** Documents by the SHA-256 of their text, in lower-case hex. */
export type TrustedDocuments = ReadonlyMap<string, TrustedDocument>;

export const noDocuments: TrustedDocuments = new Map();

/** A file of documents that cannot be used; the message says why. */
export class DocumentsError extends Error {
  override readonly name = "DocumentsError";
}

/**
 * Reads a file of documents: a JSON array of their texts, or an object with the SHA-256 of each as its key, as code
 * generators write it. All must fit the schema. Throws DocumentsError.
 */
export async function readDocuments(path: string, schema: GraphQLSchema): Promise<TrustedDocuments> {
  let value: unknown;
  try {
    value = JSON.parse(await readTextFile(path));
  } catch (error) {
    throw new DocumentsError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  if (typeof value !== "object" || value === null) {
    throw new DocumentsError(`${path} must hold a JSON array or object of GraphQL documents.`);
  }
  const documents = new Map<string, TrustedDocument>();
  for (const [name, text] of Object.entries(value)) {
    const place = `${path}: the document ${JSON.stringify(name)}`;
    if (typeof text !== "string") throw new DocumentsError(`${place} is no text.`);
    const hash = sha256Of(text);
    const named = Array.isArray(value) ? hash : name.replace(/^sha256:/, "").toLowerCase();
    if (named !== hash) throw new DocumentsError(`${place} has the SHA-256 ${hash}, and must be named so.`);
    documents.set(hash, checked(text, schema, place));
  }
  return documents;
}

export function sha256Of(text: string): string {
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
    throw new DocumentsError(`${place} does not fit: ${error instanceof Error ? error.message : error}`);
  }
}
