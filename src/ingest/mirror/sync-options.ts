import type { DocumentResult, IngestSummary } from "../results.ts";
import type { IngestThreads } from "../threads/ingest-threads.ts";
import type { AdmissionPolicy } from "../verify.ts";
import type { Fetcher } from "./fetcher.ts";
import type { ListedNumber } from "./listed-numbers.ts";
import type { OutstandingPaper } from "./outstanding.ts";
import type { RetryOptions } from "./retry.ts";
import type { StateDifference } from "./state-difference.ts";
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
