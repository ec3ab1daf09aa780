import { type Door, type EventId, isEventId, isJsonObject, type PithNumber } from "../protocol/index.ts";
import { Turns } from "../runtime/event-loop.ts";
import { paperIdOf } from "../store/index.ts";
import { prepareOptimistically } from "./optimistic.ts";
import type { IncomingPaper } from "./plan/merge-paper.ts";
import { refuseCollision } from "./plan/planning.ts";
import type { StoredPapers } from "./plan/questions.ts";
import type { Delivered } from "./sources/files.ts";
import type { WantedEvents } from "./stored/stored-papers.ts";
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

/** The documents of a batch, verified, as they are planned and stored together. */
export type Batch = {
  /** The papers to which they add something, in the order of their ids: so rows meet the pages of an index in order. */
  readonly papers: readonly IncomingPaper[];
  /** What became of each document, in the order in which they came. */
  readonly documents: readonly JudgedHeader[];
};

/** The parsed documents of a batch by paper, and those that were rejected so far. */
type ParsedBatch = {
  readonly size: number;
  readonly papers: Map<bigint, ParsedPaper>;
  readonly rejections: readonly (readonly [index: number, rejection: Rejection])[];
};

type ParsedPaper = {
  readonly pithNumber: PithNumber;
  readonly documents: (readonly [index: number, document: ParsedDocument])[];
};

/** Throws CollisionError where two papers have one key. */
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
 * Verifies the documents of a batch, paper by paper, and does with each paper what needs no lock: so what a document was
 * parsed into is mostly let go before the next paper's turn. Empties `papers`.
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

/** The same of documents that are verified already. Throws CollisionError where two papers have one key. */
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

/** What is known of the signatures of a paper's stored events, by event id. */
function storedEvent(stored: StoredPapers, paperId: bigint): Door["heldEvent"] {
  const events = stored.get(paperId)?.events;
  return events === undefined || events.size === 0 ? undefined : (id) => events.get(hexOf(id));
}

/**
 * The ids that documents state of their events, before they are verified. All stored events of a paper are wanted where a
 * document does not state one of its events.
 */
export function statedEvents({ papers }: ParsedBatch): WantedEvents {
  return new Map(
    [...papers].map(([paperId, { documents }]) => {
      const ids: string[] = [];
      for (const [, { parsed }] of documents) {
        for (const copy of parsed.copies) {
          const id = isJsonObject(copy) ? copy["event_id"] : null;
          if (id === undefined) return [paperId, null];
          // A copy under another id than its own is refused.
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

/** The events of the papers that are not merged yet. */
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
