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
  readonly pithNumber?: string;
};

export type DoorOptions = {
  readonly keyring: Keyring;
  readonly minimumProof: Proof;
  /** Larger documents are refused with TOO_LARGE. */
  readonly maximumBytes: number;
  /** Whether a document that carries events, of which none is let in, is refused as a whole. */
  readonly needsAnEvent?: boolean;
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
 * Where the door asks for it: a document that carries events of which none was let in says nothing that somebody
 * stands for. It is refused as a whole, for the first event's reason, with its record and its aliases.
 */
export function refuseUnproved(arrival: Arrival, { needsAnEvent = false }: DoorOptions): Arrival | Rejection {
  const { source, size, pithNumber, refused, bytes } = arrival;
  const [first] = refused;
  if (!needsAnEvent || first === undefined || arrival.document.events.length > 0) return arrival;
  const count = refused.length;
  return {
    source,
    size,
    sha256: cryptography.sha256Bytes(bytes),
    code: first.reason,
    message: `None of its events was let in: ${count === 1 ? "" : `the first of ${count}, `}${first.id}, is ${first.reason}.`,
    bytes,
    pithNumber,
  };
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
