import { cryptography, keyringEntries } from "../../protocol/index.ts";
import { trustCodes } from "../apply/quarantine.ts";
import { countDocument, type DocumentResult, emptyIngestSummary, type IngestSummary } from "../results.ts";
import type { IngestThreads } from "../threads/ingest-threads.ts";
import type { AdmissionPolicy } from "../verify.ts";
import type { ListedNumber } from "./document-addresses.ts";
import type { Fetcher } from "./fetcher.ts";
import type { OutstandingPaper } from "./outstanding.ts";
import type { RetryOptions } from "./retry.ts";
import type { UrlPolicy } from "./url-policy.ts";

export type SyncOptions = AdmissionPolicy & {
  /** As `readBaseUrl` gives it. */
  readonly baseUrl: string;
  readonly fetcher: Fetcher;
  readonly policy: UrlPolicy;
  /** Documents that are fetched side by side; 4 unless told. */
  readonly concurrency?: number;
  /** Where documents are verified and written, so that fetching goes on meanwhile; in this thread unless given. */
  readonly threads?: IngestThreads;
  readonly retry?: RetryOptions;
  /** Whether the manifest says where bundles are: `required`, `tried` (the routes serve where it does not), `unused`. */
  readonly manifest?: "required" | "tried" | "unused";
  /** These papers instead of what the feed lists. */
  readonly numbers?: readonly ListedNumber[];
  /** Starts at the beginning of the feed, whatever was followed before. */
  readonly fromStart?: boolean;
  /** Which outstanding papers are fetched again after the feed; all by default, or those whose time has come. */
  readonly retryOutstanding?: "all" | "due";
  /** Fetches outstanding papers only: neither the feed nor a list. */
  readonly retryOnly?: boolean;
  /** Whether a difference between both checksums is explained paper by paper, which reads the mirror's feed again. */
  readonly explainsDifference?: boolean;
  /** Ends the sync in order: what was fetched is taken in, and the cursor stored. */
  readonly signal?: AbortSignal;
  /** Called after each committed batch. */
  readonly onBatch?: (summary: SyncSummary) => void;
  /** Called for each document that was refused, or let in without some of its events. */
  readonly onRefusal?: (result: DocumentResult) => void;
  /** Called for each paper that could not be fetched and is outstanding now. */
  readonly onFailure?: (failure: OutstandingPaper & { readonly source: string }) => void;
  /** Called with what a person should know besides. */
  readonly onNotice?: (line: string) => void;
};

export type SyncSummary = IngestSummary & {
  /** Where the cursor stands in the mirror's feed (in the list of numbers: the line of those that count). */
  position: bigint;
  /** Copies of events that are no trusted signer's words though they claim to be: altered, or wrongly signed. */
  forgedEvents: number;
  /** Fetches that failed in this run and may succeed later. */
  failures: number;
  /** The papers of this mirror that could not be fetched yet, those first whose next attempt comes first. */
  outstanding: readonly OutstandingPaper[];
  /** Both checksums once the feed's end was reached; null where it was not, or a list was followed. */
  comparison: {
    readonly isEqual: boolean;
    readonly mine: string;
    readonly theirs: string;
    /** Null where they are equal, where nobody asked, or where the feed is too long to compare. */
    readonly difference: StateDifference | null;
  } | null;
};

const trustReasons: ReadonlySet<string> = new Set(trustCodes);

/** Whether other keys or a lower minimum proof might accept an event that was refused for this. */
export function isMatterOfTrust(reason: string): boolean {
  return trustReasons.has(reason);
}

/** SHA-256 of a keyring and a minimum proof, whatever the order of the keys. */
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

/** Counts what became of a document; gives whether anything of it was refused. */
export function countResult(summary: SyncSummary, result: DocumentResult): boolean {
  const { rejection, refused } = result;
  countDocument(summary, result);
  // Whom to trust, and how far, each mirror decides for itself. Other reasons say that something is wrong.
  summary.forgedEvents += refused.filter(({ reason }) => !isMatterOfTrust(reason)).length;
  return rejection !== null || refused.length > 0;
}

/**
 * Why the state of a paper differs from the mirror's: it is outstanding; its document, or events of it, are in quarantine
 * (with the code); the mirror changed it after the feed was followed; it is stored here only; it has other events here;
 * it is not stored here, and the reason is no longer known.
 */
export type DifferenceReason =
  | "OUTSTANDING"
  | `REJECTED ${string}`
  | `EVENTS_REJECTED ${string}`
  | "CHANGED_SINCE"
  | "ONLY_HERE"
  | "OTHER_EVENTS_HERE"
  | "NOT_HERE";

export type StateDifference = {
  /** Papers whose states differ, those stored on one side only included. */
  readonly papers: number;
  /** By reason, the most frequent first. */
  readonly reasons: readonly {
    readonly reason: DifferenceReason;
    readonly papers: number;
    /** The first few, as Pith numbers. */
    readonly examples: readonly string[];
  }[];
};
