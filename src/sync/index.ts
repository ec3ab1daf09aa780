export { compareMirrors, type StateDifference } from "./compare.ts";

export { FetchError, MirrorError, readBaseUrl } from "./fetch-error.ts";
export {
  createFetcher,
  defaultFetchLimits,
  type Fetcher,
  type FetchLimits,
} from "./fetcher.ts";
export { type FollowMirrorOptions, followMirror } from "./follow.ts";
export {
  type ListedNumber,
  type OutstandingOfMirror,
  type OutstandingPaper,
  readNumbers,
  readOutstanding,
} from "./outstanding.ts";
export { refetchQuarantined } from "./refetch.ts";
export { syncMirror } from "./sync.ts";
export type { SyncOptions, SyncSummary } from "./sync-options.ts";
export { createUrlPolicy, type UrlPolicy } from "./url-policy.ts";
