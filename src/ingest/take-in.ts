import pg from "pg";
import {
  cryptography,
  type Door,
  type PithNumber,
  type Proof,
  type RefusalReason,
} from "../protocol/index.ts";
import { ingestBatches } from "../runtime/channels.ts";
import { Turns } from "../runtime/event-loop.ts";
import { type Database, paperIdOf } from "../store/index.ts";
import {
  type Arrival,
  type DoorOptions,
  judge,
  type ReadDocument,
  type Rejection,
  readDelivery,
  rejectUnaccepted,
} from "./arrival.ts";
import type { Delivered } from "./sources/files.ts";
import type { Outcome } from "./write/batch.ts";
import { CollisionError } from "./write/collision.ts";
import { type HeldPapers, readHeld } from "./write/held.ts";
import { Preparation } from "./write/pending.ts";
import { writeRetriedBatch } from "./write/retried-batch.ts";

/** What became of one document. */
export type DocumentResult = {
  readonly source: string;
  /** Null where the document could not be read so far. */
  readonly pithNumber: string | null;
  readonly status: Outcome | "rejected";
  /** Why it was refused as a whole; null where it was let in. */
  readonly rejection: { readonly code: string; readonly message: string } | null;
  /** The copies of events that were not accepted; all of its events where the document is rejected for that. */
  readonly refused: readonly { readonly id: string; readonly reason: RefusalReason }[];
};

/**
 * Verifies, merges and stores documents: the one way in, for files, submissions and mirrors. All of them in one
 * transaction, and what is returned is committed. A document that is refused, or that cannot be stored, is in
 * quarantine with its reason and does not stop the others; a fault of the database is thrown, and nothing is stored.
 *
 * @returns the results in the order of the deliveries.
 */
export function takeIn(
  database: Database,
  deliveries: readonly Delivered[],
  door: DoorOptions,
): Promise<DocumentResult[]> {
  const batch = { documents: deliveries.length };
  return ingestBatches.run(batch, () => takeInBatch(database, deliveries, door));
}

async function takeInBatch(
  database: Database,
  deliveries: readonly Delivered[],
  door: DoorOptions,
): Promise<DocumentResult[]> {
  const turns = new Turns();
  const read: (ReadDocument | Rejection)[] = [];
  for (const delivery of deliveries) {
    if (turns.isOver) await turns.next();
    read.push("unreadable" in delivery ? unreadable(delivery) : readDelivery(delivery, door.maximumBytes));
  }
  const held = await readHeldPapers(database, read);
  const received: (Arrival | Rejection)[] = [];
  const preparation = new Preparation();
  // Taken out, so that what a document was read into is gone once it is judged and prepared.
  for (let document = read.shift(); document !== undefined; document = read.shift()) {
    if (turns.isOver) await turns.next();
    const result = "parsed" in document ? receive(document, door, held) : document;
    received.push(result);
    if ("document" in result) preparation.add(result, held);
  }
  const arrivals = received.filter((result) => "document" in result);
  const rejections = received
    .filter((result) => "code" in result)
    .map((rejection) => ({ ...rejection, minimumProof: door.minimumProof }));
  const outcomes = new Map<Arrival, Outcome | Rejection>();
  const { minimumProof } = door;
  await writeIsolating(database, { arrivals, rejections, minimumProof }, outcomes, preparation);
  return received.map((result) => {
    const refused = (result.refused ?? []).map(({ id, reason }) => ({ id, reason }));
    if ("code" in result) return rejected(result, result.pithNumber ?? null, refused);
    const { source, pithNumber } = result;
    const outcome = outcomes.get(result) as Outcome | Rejection;
    if (typeof outcome !== "string") return rejected(outcome, pithNumber, refused);
    return { source, pithNumber, status: outcome, rejection: null, refused };
  });
}

/** Judges a document, and decides whether it is accepted as a whole. */
function receive(read: ReadDocument, door: DoorOptions, held: HeldPapers): Arrival | Rejection {
  return rejectUnaccepted(judge(read, door, heldEvents(held, read.parsed.pithNumber)), door);
}

async function readHeldPapers(
  database: Database,
  documents: readonly (ReadDocument | Rejection)[],
): Promise<HeldPapers> {
  const paperIds = new Set<bigint>();
  for (const document of documents) {
    if ("parsed" in document) paperIds.add(paperIdOf(document.parsed.pithNumber));
  }
  if (paperIds.size === 0) return new Map();
  const client = await database.pool.connect();
  try {
    return await readHeld(client, paperIds);
  } finally {
    client.release();
  }
}

/** What the door is told of a paper's events that are held; their ids are looked up without `sha256:`. */
function heldEvents(held: HeldPapers, pithNumber: PithNumber): Door["heldEvent"] {
  const events = held.get(paperIdOf(pithNumber))?.events;
  return events === undefined || events.size === 0 ? undefined : (id) => events.get(id.slice(7));
}

type Batch = {
  readonly arrivals: readonly Arrival[];
  readonly rejections: readonly Rejection[];
  readonly minimumProof: Proof;
};

function rejected(
  { source, code, message }: Rejection,
  pithNumber: string | null,
  refused: DocumentResult["refused"],
): DocumentResult {
  return { source, pithNumber, status: "rejected", rejection: { code, message }, refused };
}

function unreadable({ source, code, unreadable }: Exclude<Delivered, { bytes: Uint8Array }>): Rejection {
  const sha256 = cryptography.sha256Text(`${code} ${source}`);
  return { source, size: 0, sha256, code, message: unreadable, bytes: new Uint8Array() };
}

/**
 * Writes a batch; where the database cannot hold something in it, halves it until the document is found, which
 * goes to quarantine: it must not block the others. A fault of the database itself is thrown.
 */
async function writeIsolating(
  database: Database,
  { arrivals, rejections, minimumProof }: Batch,
  outcomes: Map<Arrival, Outcome | Rejection>,
  preparation?: Preparation,
): Promise<void> {
  try {
    const prepared = preparation === undefined ? {} : { preparation };
    const written = await writeRetriedBatch(database, arrivals, rejections, prepared);
    for (const [index, arrival] of arrivals.entries()) outcomes.set(arrival, written[index] as Outcome);
  } catch (error) {
    const [arrival] = arrivals;
    if (!isDocumentFault(error) || arrival === undefined) throw error;
    if (arrivals.length === 1) {
      const rejection = { ...unstorable(arrival, error), minimumProof };
      await writeRetriedBatch(database, [], [...rejections, rejection]);
      outcomes.set(arrival, rejection);
      return;
    }
    const middle = arrivals.length >> 1;
    const [first, second] = [arrivals.slice(0, middle), arrivals.slice(middle)];
    await writeIsolating(database, { arrivals: first, rejections, minimumProof }, outcomes);
    await writeIsolating(database, { arrivals: second, rejections: [], minimumProof }, outcomes);
  }
}

/**
 * SQLSTATEs of a value that PostgreSQL cannot store, whatever else the database holds: a number or a time out of range
 * (22003, 22007, 22008), a character that its encoding lacks (22021, 22P05), or a value that is too large for an index
 * (54000). That the document is then written to quarantine shows that the database itself still takes rows.
 *
 * No other error is a document's fault. Above all not class 23: which rows there are is derived, so a constraint that
 * is violated is a defect, or a row that an earlier one has left.
 */
const valueStates: ReadonlySet<string> = new Set(["22003", "22007", "22008", "22021", "22P05", "54000"]);

function isDocumentFault(error: unknown): error is Error {
  if (error instanceof CollisionError) return true;
  return error instanceof pg.DatabaseError && valueStates.has(error.code ?? "");
}

function unstorable({ source, size, bytes }: Arrival, error: Error): Rejection {
  return {
    source,
    size,
    sha256: cryptography.sha256Bytes(bytes),
    code: "NOT_STORABLE",
    message: `The document is valid, but cannot be stored: ${error.message}`,
    bytes,
  };
}
