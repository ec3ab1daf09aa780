import {
  type AdmissionPolicy,
  countDocument,
  type DocumentResult,
  emptyIngestSummary,
  type IngestSummary,
  type IngestThreads,
  trustReasons,
} from "../ingest/index.ts";
import { cryptography, keyringEntries } from "../protocol/index.ts";
import type { StateDifference } from "./compare.ts";
import type { ListedNumber, OutstandingPaper } from "./outstanding.ts";
import type { RemoteMirrorOptions } from "./remote-mirror.ts";

export type SyncOptions = AdmissionPolicy &
  RemoteMirrorOptions & {
    /** The number of documents fetched in parallel. Defaults to 4. */
    readonly concurrency?: number;
    /** Threads that verify and write documents while others are fetched. Defaults to this thread. */
    readonly threads?: IngestThreads;
    /** Papers to fetch instead of those in the feed. */
    readonly numbers?: readonly ListedNumber[];
    /** Starts at the beginning of the feed and ignores the stored cursor. */
    readonly fromStart?: boolean;
    /** Which outstanding papers are fetched again after the feed: those that are due, or all. Defaults to all. */
    readonly retryOutstanding?: "all" | "due";
    /** Fetches outstanding papers only, neither the feed nor a list. */
    readonly retryOnly?: boolean;
    /** Whether to explain differing checksums paper by paper, which reads the mirror's feed again. */
    readonly explainsDifference?: boolean;
    /** Stops the sync gracefully: fetched documents are ingested and the cursor is stored. */
    readonly signal?: AbortSignal;
    /** Called after each committed batch. */
    readonly onBatch?: (summary: SyncSummary) => void;
    /** Called for each document that was rejected, or accepted without some of its events. */
    readonly onRejection?: (result: DocumentResult) => void;
    /** Called for each paper that could not be fetched and is now outstanding. */
    readonly onFailure?: (failure: OutstandingPaper & { readonly source: string }) => void;
  };

export type SyncSummary = IngestSummary & {
  /** The position of the cursor in the mirror's feed; for a list of numbers, the count of lines that name a paper. */
  position: bigint;
  /** Copies of events that claim a trusted signer but are altered or wrongly signed. */
  forgedEvents: number;
  /** Fetches that failed in this run and may succeed later. */
  failures: number;
  /** The papers of this mirror that could not be fetched yet, sorted by the time of the next attempt. */
  outstanding: readonly OutstandingPaper[];
  /** Both checksums at the end of the feed; null if it was not reached or a list was followed. */
  comparison: {
    readonly isEqual: boolean;
    readonly mine: string;
    readonly theirs: string;
    /** Null if the checksums are equal, no explanation was requested, or the feed is too long to compare. */
    readonly difference: StateDifference | null;
  } | null;
};

/** Whether another keyring or a lower minimum proof might accept an event rejected for this reason. */
export function isMatterOfTrust(reason: string): boolean {
  return (trustReasons as readonly string[]).includes(reason);
}

/** SHA-256 of a keyring and a minimum proof, independent of the order of the keys. */
export function trustHash({
  keyring,
  minimumProof,
}: Pick<AdmissionPolicy, "keyring" | "minimumProof">): string {
  const entries = keyringEntries(keyring).map((entry) => JSON.stringify(entry, Object.keys(entry).sort()));
  return cryptography.sha256Text([minimumProof, ...entries.sort()].join("\n"));
}

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

/** Counts the result of a document; returns whether any part of it was rejected. */
export function countResult(summary: SyncSummary, result: DocumentResult): boolean {
  const { rejection, refused } = result;
  countDocument(summary, result);
  // Each mirror decides whom to trust, and how far. All other reasons mean that something is wrong.
  summary.forgedEvents += refused.filter(({ reason }) => !isMatterOfTrust(reason)).length;
  return rejection !== null || refused.length > 0;
}
