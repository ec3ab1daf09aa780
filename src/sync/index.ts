export { compareMirrors } from "./compare-mirrors.ts";
export { type ListedNumber, readNumbers } from "./document-addresses.ts";
export { FetchError, MirrorError, readBaseUrl } from "./fetch-error.ts";
export {
  createFetcher,
  defaultLimits,
  type Fetcher,
  type FetcherOptions,
  type FetchLimits,
} from "./fetcher.ts";
export { type FollowOptions, followMirror } from "./follow.ts";
export {
  type OutstandingOfMirror,
  type OutstandingPaper,
  readOutstanding,
} from "./outstanding.ts";
export { refetchQuarantined } from "./refetch.ts";
export { syncMirror } from "./sync.ts";
export type { StateDifference, SyncOptions, SyncSummary } from "./sync-options.ts";
export { createUrlPolicy, type UrlPolicy } from "./url-policy.ts";
