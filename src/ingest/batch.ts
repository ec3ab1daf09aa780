import {
  type EventId,
  isEventId,
  isJsonObject,
  type PithNumber,
  type VerificationContext,
} from "../protocol/index.ts";
import { paperIdOf } from "../row-rules/index.ts";
import { Turns } from "../runtime/index.ts";
import { prepareOptimistically } from "./optimistic.ts";
import { type IncomingPaper, refuseCollision, type StoredPapers } from "./plan/index.ts";
import type { Delivered } from "./sources/index.ts";
import type { WantedEvents } from "./stored/index.ts";
import {
  type AdmissionPolicy,
  type DocumentContents,
  type JudgedHeader,
  type ParsedDocument,
  parse,
  type Rejection,
  rejectUnaccepted,
  unreadable,
  type VerifiedDocument,
  verify,
} from "./verify.ts";

/** The verified documents of a batch, which are planned and stored together. */
export type Batch = {
  /** The papers to which the documents add something, sorted by id, so that index pages are visited in order. */
  readonly papers: readonly IncomingPaper[];
  /** The result for each document, in the order of arrival. */
  readonly documents: readonly JudgedHeader[];
};

/** The parsed documents of a batch by paper, and the documents rejected so far. */
type ParsedBatch = {
  readonly size: number;
  readonly papers: Map<bigint, ParsedPaper>;
  readonly rejections: readonly (readonly [index: number, rejection: Rejection])[];
};

type ParsedPaper = {
  readonly pithNumber: PithNumber;
  readonly documents: (readonly [index: number, document: ParsedDocument])[];
};

/** Throws CollisionError if two papers have the same key. */
export async function parseBatch(
  deliveries: readonly Delivered[],
  policy: AdmissionPolicy,
): Promise<ParsedBatch> {
  const turns = new Turns();
  const papers = new Map<bigint, ParsedPaper>();
  const rejections: [number, Rejection][] = [];
  for (const [index, delivery] of deliveries.entries()) {
    if (turns.isOver) await turns.next();
    const document = "unreadable" in delivery ? unreadable(delivery, policy) : parse(delivery, policy);
    if ("parsed" in document) addTo(papers, document.parsed.pithNumber, [index, document]);
    else rejections.push([index, document]);
  }
  return { size: deliveries.length, papers, rejections };
}

/**
 * Verifies the documents of a batch, paper by paper, and does for each paper all work that needs no lock. So most
 * parsed documents can be freed before the next paper is processed. Empties `papers`.
 */
export async function verifyBatch(
  { size, papers, rejections }: ParsedBatch,
  stored: StoredPapers,
  policy: AdmissionPolicy,
): Promise<Batch> {
  const turns = new Turns();
  const documents = new Array<JudgedHeader>(size);
  for (const [index, rejection] of rejections) documents[index] = rejection;
  const incoming: IncomingPaper[] = [];
  for (const [paperId, paper] of papers) {
    papers.delete(paperId);
    const known = storedEvent(stored, paperId);
    const contents: DocumentContents[] = [];
    for (const [index, parsed] of paper.documents) {
      if (turns.isOver) await turns.next();
      const document = rejectUnaccepted(verify(parsed, policy, known));
      documents[index] = "code" in document ? document : document.header;
      if ("contents" in document) contents.push(document.contents);
    }
    if (contents.length === 0) continue;
    incoming.push(...prepareOptimistically(paperId, paper.pithNumber, contents, stored));
  }
  return { papers: inOrder(incoming), documents };
}

/** Like `verifyBatch`, for verified documents. Throws CollisionError if two papers have the same key. */
export async function gatherBatch(
  verified: readonly VerifiedDocument[],
  stored: StoredPapers,
): Promise<Batch> {
  const turns = new Turns();
  const papers = new Map<bigint, { pithNumber: PithNumber; documents: DocumentContents[] }>();
  for (const { header, contents } of verified) addTo(papers, header.pithNumber, contents);
  const incoming: IncomingPaper[] = [];
  for (const [paperId, { pithNumber, documents }] of papers) {
    if (turns.isOver) await turns.next();
    incoming.push(...prepareOptimistically(paperId, pithNumber, documents, stored));
  }
  return { papers: inOrder(incoming), documents: verified.map(({ header }) => header) };
}

function addTo<Document>(
  papers: Map<bigint, { readonly pithNumber: PithNumber; readonly documents: Document[] }>,
  pithNumber: PithNumber,
  document: Document,
): void {
  const paperId = paperIdOf(pithNumber);
  const paper = papers.get(paperId);
  if (paper === undefined) papers.set(paperId, { pithNumber, documents: [document] });
  else if (paper.pithNumber !== pithNumber) refuseCollision(paper.pithNumber, pithNumber);
  else paper.documents.push(document);
}

function inOrder(papers: IncomingPaper[]): IncomingPaper[] {
  return papers.sort((a, b) => (a.paperId < b.paperId ? -1 : 1));
}

/** Looks up the stored signatures of a paper's events by event id. */
function storedEvent(stored: StoredPapers, paperId: bigint): VerificationContext["storedSignature"] {
  const events = stored.get(paperId)?.events;
  return events === undefined || events.size === 0 ? undefined : (id) => events.get(hexOf(id));
}

/**
 * The event ids that documents state, before verification. If a document omits the id of an event, all stored events of
 * its paper are requested (null).
 */
export function statedEvents({ papers }: ParsedBatch): WantedEvents {
  return new Map(
    [...papers].map(([paperId, { documents }]) => {
      const ids: string[] = [];
      for (const [, { parsed }] of documents) {
        for (const copy of parsed.copies) {
          const id = isJsonObject(copy) ? copy["event_id"] : null;
          if (id === undefined) return [paperId, null];
          // A copy whose stated id is not its own is rejected.
          if (isEventId(id)) ids.push(hexOf(id));
        }
      }
      return [paperId, ids];
    }),
  );
}

/** The ids of the events of verified documents. */
export function verifiedEvents(documents: readonly VerifiedDocument[]): WantedEvents {
  const wanted = new Map<bigint, string[]>();
  for (const { header, contents } of documents) {
    const paperId = paperIdOf(header.pithNumber);
    const ids = wanted.get(paperId) ?? [];
    wanted.set(paperId, ids);
    for (const { id } of contents.judged.events) ids.push(hexOf(id));
  }
  return wanted;
}

/** The events of the papers that are not yet merged. */
export function eventsToCompare(papers: readonly IncomingPaper[]): WantedEvents {
  return new Map(
    papers
      .filter(({ merged }) => merged === null)
      .map(({ paperId, documents }) => [
        paperId,
        documents.flatMap(({ judged }) => judged.events.map(({ id }) => hexOf(id))),
      ]),
  );
}

function hexOf(id: EventId): string {
  return id.slice("sha256:".length);
}
