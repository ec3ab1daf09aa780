import {
  type CheckResult,
  checkPublishedState,
  cryptography,
  DocumentError,
  type JudgedDocument,
  judgeDocument,
  type Keyring,
  type Proof,
  parseDocument,
} from "../protocol/index.ts";

/** A document as a source delivers it. */
export type Delivery = {
  /** Where it came from, for a person to find it again: a file, a file and its line. */
  readonly source: string;
  readonly bytes: Uint8Array;
};

/** A document that has been read and judged, on its way into the tables. */
export type Arrival = {
  readonly source: string;
  readonly size: number;
  readonly document: JudgedDocument;
  /** For a state: whether merging it alone gives its own hash. */
  readonly publishedResult: CheckResult | null;
  /** The canonical text of a bundle's own record. */
  readonly record: string | null;
  /** The document itself, for quarantine should it turn out that it cannot be stored. */
  readonly bytes: Uint8Array;
};

/** A document that was refused as a whole. */
export type Rejection = {
  readonly source: string;
  readonly size: number;
  readonly sha256: string;
  readonly code: string;
  readonly message: string;
  readonly bytes: Uint8Array;
};

export type DoorOptions = {
  readonly keyring: Keyring;
  readonly minimumProof: Proof;
  /** Larger documents are refused with TOO_LARGE. */
  readonly maximumBytes: number;
};

/** Reads and judges one document. Pure: refuses by its result, never by throwing. */
export function receive({ source, bytes }: Delivery, door: DoorOptions): Arrival | Rejection {
  try {
    const parsed = parseDocument(bytes, door.maximumBytes);
    return {
      source,
      size: bytes.length,
      document: judgeDocument(parsed, door.keyring, door.minimumProof),
      publishedResult: checkPublishedState(parsed, door.keyring),
      record: parsed.record?.text ?? null,
      bytes,
    };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    const sha256 = cryptography.sha256Bytes(bytes);
    return { source, size: bytes.length, sha256, code: error.code, message: error.message, bytes };
  }
}
