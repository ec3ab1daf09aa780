import {
  type CheckResult,
  checkPublishedState,
  cryptography,
  DocumentError,
  type Door,
  type JudgedDocument,
  judgeDocument,
  type Keyring,
  type PithDocument,
  type PithNumber,
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
  readonly pithNumber: PithNumber;
  readonly refused: JudgedDocument["refused"];
  /** Its events and aliases. Judged again where it was let go. */
  readonly document: JudgedDocument;
  /** For a state: whether merging it alone gives its own hash. */
  readonly publishedResult: CheckResult | null;
  /** The canonical text of a bundle's own record. */
  readonly record: string | null;
  /** The document itself, for quarantine should it turn out that it cannot be stored. */
  readonly bytes: Uint8Array;
  /** What its source had to prove. */
  readonly minimumProof: Proof;
  /** Lets go of `document`: a batch waits long, and what it holds on to is what the garbage collector is busy with. */
  letGo(): void;
};

/** A document that was refused as a whole. */
export type Rejection = {
  readonly source: string;
  readonly size: number;
  readonly sha256: string;
  readonly code: string;
  readonly message: string;
  readonly bytes: Uint8Array;
  /** Where the document could be read so far. */
  readonly pithNumber?: PithNumber;
  /** Where no event of the document was accepted: each with its reason. */
  readonly refused?: JudgedDocument["refused"];
  /** What its source had to prove. */
  readonly minimumProof?: Proof;
};

export type DoorOptions = {
  readonly keyring: Keyring;
  readonly minimumProof: Proof;
  /** Larger documents are refused with TOO_LARGE. */
  readonly maximumBytes: number;
};

/** A document that has been read, and is not judged yet. */
export type ReadDocument = Delivery & { readonly parsed: PithDocument };

/** Reads and judges one document. Pure: refuses by its result, never by throwing. */
export function receive(delivery: Delivery, door: DoorOptions): Arrival | Rejection {
  const read = readDelivery(delivery, door.maximumBytes);
  return "parsed" in read ? judge(read, door) : read;
}

/** Judges a document that has been read; of events that `heldEvent` knows no signature is verified twice. */
export function judge(read: ReadDocument, door: DoorOptions, heldEvent?: Door["heldEvent"]): Arrival {
  return new JudgedArrival(read, door, heldEvent);
}

class JudgedArrival implements Arrival {
  readonly source: string;
  readonly size: number;
  readonly pithNumber: PithNumber;
  readonly refused: JudgedDocument["refused"];
  readonly publishedResult: CheckResult | null;
  readonly record: string | null;
  readonly bytes: Uint8Array;
  readonly minimumProof: Proof;
  readonly #door: DoorOptions;
  #document: JudgedDocument | null;

  constructor({ source, bytes, parsed }: ReadDocument, door: DoorOptions, heldEvent: Door["heldEvent"]) {
    const { keyring, minimumProof } = door;
    const document = judgeDocument(parsed, keyring, minimumProof, heldEvent);
    this.source = source;
    this.size = bytes.length;
    this.pithNumber = document.pithNumber;
    this.refused = document.refused;
    this.publishedResult = checkPublishedState(parsed, keyring, heldEvent);
    this.record = parsed.record?.text ?? null;
    this.bytes = bytes;
    this.minimumProof = minimumProof;
    this.#door = door;
    this.#document = document;
  }

  get document(): JudgedDocument {
    const { keyring, minimumProof, maximumBytes } = this.#door;
    this.#document ??= judgeDocument(parseDocument(this.bytes, maximumBytes), keyring, minimumProof);
    return this.#document;
  }

  letGo(): void {
    this.#document = null;
  }
}

/**
 * Rejects a document that carries events of which none is accepted: nobody whom we trust says anything in it. It is
 * rejected as a whole, with its record and its aliases, under the most frequent reason.
 */
export function rejectUnaccepted(arrival: Arrival, { minimumProof }: DoorOptions): Arrival | Rejection {
  const { source, size, pithNumber, refused, bytes } = arrival;
  if (refused.length === 0 || arrival.document.events.length > 0) return arrival;
  const counts = countReasons(refused);
  return {
    source,
    size,
    sha256: cryptography.sha256Bytes(bytes),
    code: counts[0]?.[0] ?? "UNSIGNED",
    message: `None of its events is accepted: ${counts.map(([reason, count]) => `${count} ${reason}`).join(", ")}.`,
    bytes,
    pithNumber,
    refused,
    minimumProof,
  };
}

/** How often each reason occurs, the most frequent first. */
function countReasons(refused: JudgedDocument["refused"]): [reason: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { reason } of refused) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/** Reads one document: the checks of PROTOCOL section 4. */
export function readDelivery({ source, bytes }: Delivery, maximumBytes: number): ReadDocument | Rejection {
  try {
    return { source, bytes, parsed: parseDocument(bytes, maximumBytes) };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    const sha256 = cryptography.sha256Bytes(bytes);
    return { source, size: bytes.length, sha256, code: error.code, message: error.message, bytes };
  }
}
