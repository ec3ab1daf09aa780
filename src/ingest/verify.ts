import {
  type CheckResult,
  checkPublishedState,
  cryptography,
  DocumentError,
  type DocumentVerification,
  type Keyring,
  type PithDocument,
  type PithNumber,
  type Proof,
  parseDocument,
  type VerificationContext,
  verifyDocument,
} from "../protocol/index.ts";

/** The bytes of a document, before any check. */
type RawDocument = {
  /** Its origin, for people: a file, or a file and a line. */
  readonly source: string;
  readonly bytes: Uint8Array;
};

/** A document that its source could not read, with the reason. */
type UnreadableDocument = {
  readonly source: string;
  readonly code: string;
  readonly unreadable: string;
};

/** A document from a file, a submission or a mirror. */
export type SourceDocument = RawDocument | UnreadableDocument;

/** A parsed document, not yet verified. */
export type ParsedDocument = RawDocument & { readonly parsed: PithDocument };

/** The part of a verified document that an ingest keeps until its end, for its result and for quarantine. */
export type DocumentHeader = RawDocument & {
  /** In bytes. */
  readonly size: number;
  readonly pithNumber: PithNumber;
  /** The copies of events that were not accepted. */
  readonly refused: DocumentVerification["refused"];
  /** The minimum proof of its source. */
  readonly minimumProof: Proof;
};

/** What a verified document adds to its paper. */
export type DocumentContents = {
  readonly judged: DocumentVerification;
  /** For a state: whether merging it alone reproduces its own hash. */
  readonly publishedResult: CheckResult | null;
  /** The canonical text of a bundle's own record. */
  readonly record: string | null;
};

export type VerifiedDocument = { readonly header: DocumentHeader; readonly contents: DocumentContents };

/** A document rejected as a whole. */
export type Rejection = RawDocument & {
  readonly size: number;
  readonly sha256: string;
  readonly code: string;
  readonly message: string;
  /** Null for a document that could not be parsed. */
  readonly pithNumber: PithNumber | null;
  /** The events of a document of which none was accepted, with reasons. */
  readonly refused: DocumentVerification["refused"];
  /** The minimum proof of its source. */
  readonly minimumProof: Proof;
};

/** The result of a document's verification, without its contents. */
export type VerificationResult = DocumentHeader | Rejection;

export function rejectionsIn(documents: readonly VerificationResult[]): Rejection[] {
  return documents.filter((document) => "code" in document);
}

/** The accepted documents, including those that add nothing. */
export function acceptedIn(documents: readonly VerificationResult[]): DocumentHeader[] {
  return documents.filter((document): document is DocumentHeader => !("code" in document));
}

/** Which documents are accepted. */
export type AdmissionPolicy = {
  readonly keyring: Keyring;
  readonly minimumProof: Proof;
  /** Documents larger than this number of bytes are rejected with TOO_LARGE. */
  readonly maximumBytes: number;
};

/**
 * Parses and verifies one document, event by event; `rejectUnaccepted` decides whether to accept the document. Pure: it
 * returns rejections and never throws.
 */
export function parseAndVerify(raw: RawDocument, policy: AdmissionPolicy): VerifiedDocument | Rejection {
  const document = parse(raw, policy);
  return "parsed" in document ? verify(document, policy) : document;
}

/** Parses one document: the checks of PROTOCOL section 4. */
export function parse(raw: RawDocument, policy: AdmissionPolicy): ParsedDocument | Rejection {
  try {
    return { source: raw.source, bytes: raw.bytes, parsed: parseDocument(raw.bytes, policy.maximumBytes) };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return rejectionOf(raw, policy, error);
  }
}

/** Verifies the events of a document. Signatures that `storedEvent` knows are not verified again. */
export function verify(
  { source, bytes, parsed }: ParsedDocument,
  { keyring, minimumProof }: AdmissionPolicy,
  storedEvent?: VerificationContext["storedSignature"],
): VerifiedDocument {
  const judged = verifyDocument(parsed, keyring, minimumProof, storedEvent);
  const { pithNumber, refused } = judged;
  return {
    header: { source, bytes, size: bytes.length, pithNumber, refused, minimumProof },
    contents: {
      judged,
      publishedResult: checkPublishedState(parsed, keyring, storedEvent),
      record: parsed.record?.text ?? null,
    },
  };
}

/**
 * Rejects a document that has events but none that is accepted, because nothing in it comes from a trusted signer. It
 * is rejected as a whole, with its record and its aliases; the code is the most frequent reason.
 */
export function rejectUnaccepted(document: VerifiedDocument): VerifiedDocument | Rejection {
  const { header, contents } = document;
  const { pithNumber, refused } = header;
  if (refused.length === 0 || contents.judged.events.length > 0) return document;
  const counts = countReasons(refused);
  const rejection = rejectionOf(header, header, {
    code: counts[0]?.[0] ?? "UNSIGNED",
    message: `None of its events is accepted: ${counts.map(([reason, count]) => `${count} ${reason}`).join(", ")}.`,
  });
  return { ...rejection, pithNumber, refused };
}

/** The judgement of a document that consists of events alone. */
export function documentOfEvents(
  pithNumber: PithNumber,
  events: DocumentVerification["events"],
  refused: DocumentVerification["refused"] = [],
): DocumentVerification {
  return {
    kind: "bundle",
    pithNumber,
    events,
    aliases: [],
    refused,
    hasUnprovedAliases: false,
    hasUnverifiable: false,
    published: undefined,
  };
}

/** The number of occurrences of each reason, most frequent first. */
function countReasons(refused: DocumentVerification["refused"]): [reason: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { reason } of refused) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

export function rejectionOf(
  { source, bytes }: RawDocument,
  { minimumProof }: Pick<AdmissionPolicy, "minimumProof">,
  { code, message }: { readonly code: string; readonly message: string },
): Rejection {
  const sha256 = cryptography.sha256Bytes(bytes);
  const size = bytes.length;
  return { source, bytes, size, sha256, code, message, pithNumber: null, refused: [], minimumProof };
}

/** Rejects a document that its source could not read. Without bytes, its source and code identify it. */
export function rejectUnreadable(
  { source, code, unreadable }: UnreadableDocument,
  policy: AdmissionPolicy,
): Rejection {
  const rejection = rejectionOf({ source, bytes: new Uint8Array() }, policy, { code, message: unreadable });
  return { ...rejection, sha256: cryptography.sha256Text(`${code} ${source}`) };
}
