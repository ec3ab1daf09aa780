import type { RejectionReason } from "../protocol/index.ts";

import { paperIdOf } from "../row-rules/index.ts";
import type { DocumentHeader, Rejection } from "./verify.ts";

/** The result for one document. */
export type DocumentResult = {
  readonly source: string;
  /** Null for a document that could not be parsed. */
  readonly pithNumber: string | null;
  readonly status: "merged" | "unchanged" | "rejected";
  /** Why the document was rejected as a whole; null if it was accepted. */
  readonly rejection: { readonly code: string; readonly message: string } | null;
  /** The copies of events that were not accepted; all its events if the document was rejected for that reason. */
  readonly refused: readonly { readonly id: string; readonly reason: RejectionReason }[];
};

/** `merged`: the papers to which its batch added something. */
export function resultOf(document: DocumentHeader | Rejection, merged: ReadonlySet<bigint>): DocumentResult {
  const { source, pithNumber } = document;
  const refused = document.refused.map(({ id, reason }) => ({ id, reason }));
  if ("code" in document) {
    const { code, message } = document;
    return { source, pithNumber, status: "rejected", rejection: { code, message }, refused };
  }
  const status = merged.has(paperIdOf(document.pithNumber)) ? "merged" : "unchanged";
  return { source, pithNumber, status, rejection: null, refused };
}

/** The totals of an ingest or a sync. */
export type IngestSummary = {
  documents: number;
  merged: number;
  unchanged: number;
  /** Documents rejected as a whole, by code. */
  readonly rejected: Map<string, number>;
  /** Of those, documents without any accepted event, and the reasons: events by reason. */
  unaccepted: number;
  readonly unacceptedEvents: Map<string, number>;
  /** Documents accepted without some of their events, and the reasons: events by reason. */
  partial: number;
  readonly refusedEvents: Map<string, number>;
};

export function emptyIngestSummary(): IngestSummary {
  return {
    documents: 0,
    merged: 0,
    unchanged: 0,
    rejected: new Map(),
    unaccepted: 0,
    unacceptedEvents: new Map(),
    partial: 0,
    refusedEvents: new Map(),
  };
}

/** Counts the result of a document. */
export function countDocument(summary: IngestSummary, { status, rejection, refused }: DocumentResult): void {
  summary.documents++;
  if (status !== "rejected") summary[status]++;
  if (rejection !== null) increment(summary.rejected, rejection.code);
  if (refused.length === 0) return;
  const isUnaccepted = rejection !== null && refused.some(({ reason }) => reason === rejection.code);
  if (isUnaccepted) summary.unaccepted++;
  else if (rejection === null) summary.partial++;
  const reasons = rejection === null ? summary.refusedEvents : summary.unacceptedEvents;
  for (const { reason } of refused) increment(reasons, reason);
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
