import type { DoorOptions } from "../arrival.ts";
import type { IngestSummary } from "../ingest.ts";
import type { DocumentResult } from "../take-in.ts";
import type { IngestThreads } from "../threads/ingest-threads.ts";
import type { Fetcher } from "./fetcher.ts";
import type { ListedNumber } from "./listed-numbers.ts";
import type { RetryOptions } from "./retry.ts";
import type { UrlPolicy } from "./url-policy.ts";

export type SyncOptions = DoorOptions & {
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
  /** Begins anew, whatever was followed before. */
  readonly fromStart?: boolean;
  /** Ends the sync in order: what was fetched is taken in, and the cursor stored. */
  readonly signal?: AbortSignal;
  /** Called after each committed batch. */
  readonly onBatch?: (summary: SyncSummary) => void;
  /** Called for each document that was refused, or let in without some of its events. */
  readonly onRefusal?: (result: DocumentResult) => void;
  /** Told what a person should know besides. */
  readonly onNotice?: (line: string) => void;
};

export type SyncSummary = IngestSummary & {
  /** Where the cursor stands in the mirror's feed (in the list of numbers: the line of those that count). */
  position: bigint;
  /** Copies of events that are no trusted signer's words though they claim to be: altered, or wrongly signed. */
  forgedEvents: number;
  /** Both checksums once the feed's end was reached; null where it was not, or a list was followed. */
  comparison: { readonly isEqual: boolean; readonly mine: string; readonly theirs: string } | null;
};
