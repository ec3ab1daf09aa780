import pg from "pg";
import {
  type EventId,
  isEventId,
  isJsonObject,
  type PithNumber,
  type VerificationContext,
} from "../protocol/index.ts";
import { paperIdOf } from "../row-rules/index.ts";
import { Turns } from "../runtime/index.ts";
import type { Transaction } from "../store/index.ts";
import { applyRows } from "./apply-plan.ts";
import {
  additionOf,
  emptyLog,
  type IncomingPaper,
  mergePaper,
  planNewPapers,
  runPlanning,
  type StoredPapers,
  storedOf,
  throwCollision,
} from "./plan/index.ts";
import { lookupsIn, type RequestedEvents } from "./stored/index.ts";
import {
  type AdmissionPolicy,
  type DocumentContents,
  type ParsedDocument,
  parse,
  type Rejection,
  rejectUnaccepted,
  rejectUnreadable,
  type SourceDocument,
  type VerificationResult,
  type VerifiedDocument,
  verify,
} from "./verify.ts";

/** The verified documents of a batch, which are planned and stored together. */
export type Batch = {
  /** The papers to which the documents add something, sorted by id, so that index pages are visited in order. */
  readonly papers: readonly IncomingPaper[];
  /** The result for each document, in the order of arrival. */
  readonly documents: readonly VerificationResult[];
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
  documents: readonly SourceDocument[],
  policy: AdmissionPolicy,
): Promise<ParsedBatch> {
  const turns = new Turns();
  const papers = new Map<bigint, ParsedPaper>();
  const rejections: [number, Rejection][] = [];
  for (const [index, source] of documents.entries()) {
    if (turns.isOver) await turns.next();
    const document = "unreadable" in source ? rejectUnreadable(source, policy) : parse(source, policy);
    if ("parsed" in document) addTo(papers, document.parsed.pithNumber, [index, document]);
    else rejections.push([index, document]);
  }
  return { size: documents.length, papers, rejections };
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
  const documents = new Array<VerificationResult>(size);
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
  else if (paper.pithNumber !== pithNumber) throwCollision(paper.pithNumber, pithNumber);
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
export function statedEvents({ papers }: ParsedBatch): RequestedEvents {
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
export function verifiedEvents(documents: readonly VerifiedDocument[]): RequestedEvents {
  const requested = new Map<bigint, string[]>();
  for (const { header, contents } of documents) {
    const paperId = paperIdOf(header.pithNumber);
    const ids = requested.get(paperId) ?? [];
    requested.set(paperId, ids);
    for (const { id } of contents.judged.events) ids.push(hexOf(id));
  }
  return requested;
}

/** The events of the papers that are not yet merged. */
export function eventsToCompare(papers: readonly IncomingPaper[]): RequestedEvents {
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

// ---- Before the lock

/*
 * The optimistic strategy: everything that does not need the write lock is done before taking it, so that several
 * writers can do it in parallel. It relies on data read before the lock, which may have changed:
 *
 * - A document that adds nothing then adds nothing later, since a log only grows. It is dropped.
 * - A paper of which nothing was stored is merged and projected at once, and rows that depend on its documents alone
 *   are written before the lock. Another writer may store the same paper concurrently. The key of `records` makes the
 *   second writer wait for the first, and fail if the first commits: `isAlreadyStored`. Then the batch starts again
 *   and finds the paper stored. Records are written first, sorted by key, so no two writers wait for each other.
 * - Everything else is compared, merged and planned under the lock.
 */

/** Does for a paper what is possible before the lock; returns nothing if its documents add nothing. */
function prepareOptimistically(
  paperId: bigint,
  pithNumber: PithNumber,
  documents: readonly DocumentContents[],
  storedPapers: StoredPapers,
): IncomingPaper[] {
  const stored = storedOf(storedPapers, paperId, pithNumber);
  const addition = additionOf(documents, stored);
  if (addition === null) return [];
  if (stored.pithNumber !== null) return [{ paperId, pithNumber, documents, merged: null }];
  const merged = mergePaper(paperId, pithNumber, addition, stored, emptyLog(pithNumber));
  return [{ paperId, pithNumber, documents: [], merged }];
}

/**
 * Writes rows of new papers that depend on their own documents alone: records, papers, claims, lookup keys, and entries
 * of the word indexes. No other session sees them before the commit.
 */
export async function writeNewPapers(writer: Transaction, papers: readonly IncomingPaper[]): Promise<void> {
  const merged = papers.flatMap((paper) => paper.merged ?? []);
  if (merged.length === 0) return;
  await applyRows(writer, await runPlanning(planNewPapers(merged), lookupsIn(writer)));
}

/** SQLSTATE of a duplicate key. */
const uniqueViolation = "23505";

/** Whether a batch failed because another writer has stored one of its papers in the meantime. */
export function isAlreadyStored(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === uniqueViolation && error.table === "records";
}
