import type { DocumentResult } from "../take-in.ts";
import type { SyncSummary } from "./sync-options.ts";

/** Whom one trusts, and how far, each mirror settles for itself. Other reasons say that something is wrong. */
const mattersOfTrust: ReadonlySet<string> = new Set(["UNSIGNED", "UNKNOWN_SIGNER", "KEY_NOT_VALID"]);

export function emptySummary(): SyncSummary {
  return {
    documents: 0,
    merged: 0,
    unchanged: 0,
    rejected: new Map(),
    refusedEvents: new Map(),
    position: 0n,
    forgedEvents: 0,
    comparison: null,
  };
}

/** Counts what became of a document; gives whether anything of it was refused. */
export function countResult(summary: SyncSummary, { status, rejection, refused }: DocumentResult): boolean {
  summary.documents++;
  if (status !== "rejected") summary[status]++;
  if (rejection !== null) increment(summary.rejected, rejection.code);
  for (const { reason } of refused) {
    increment(summary.refusedEvents, reason);
    if (!mattersOfTrust.has(reason)) summary.forgedEvents++;
  }
  return rejection !== null || refused.length > 0;
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
