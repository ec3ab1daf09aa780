import type { DocumentResult } from "../results.ts";
import { countDocument, emptyIngestSummary } from "../results.ts";
import type { SyncSummary } from "./sync-options.ts";
import { isMatterOfTrust } from "./trust.ts";

export function emptySummary(): SyncSummary {
  return {
    ...emptyIngestSummary(),
    position: 0n,
    forgedEvents: 0,
    failures: 0,
    outstanding: [],
    comparison: null,
  };
}

/** Counts what became of a document; gives whether anything of it was refused. */
export function countResult(summary: SyncSummary, result: DocumentResult): boolean {
  const { rejection, refused } = result;
  countDocument(summary, result);
  // Whom to trust, and how far, each mirror decides for itself. Other reasons say that something is wrong.
  summary.forgedEvents += refused.filter(({ reason }) => !isMatterOfTrust(reason)).length;
  return rejection !== null || refused.length > 0;
}
