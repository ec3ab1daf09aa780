import type { Delivered } from "../sources/files.ts";

/** Why a paper could not be fetched, where a later attempt may succeed. */
export type FetchFailure = {
  readonly code: string;
  readonly message: string;
  /**
   * Whether the mirror answered (404, 410, another refusal, a text that is no JSON) rather than failed. An answer is
   * believed once it repeats; a fault of the network or the server never is.
   */
  readonly isAnswer: boolean;
  /** Milliseconds, as the mirror wishes. */
  readonly retryAfter?: number;
};

/** What a mirror delivers of a paper. With `failure`, `delivered` is what goes to quarantine once that is definite. */
export type FetchResult = { readonly delivered: Delivered; readonly failure: FetchFailure | null };
