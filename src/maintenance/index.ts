export { type CheckReport, checkTables, type Difference } from "./check.ts";
export {
  listQuarantine,
  proofOf,
  type QuarantineRow,
  type Retried,
  type RetryOptions,
  readQuarantined,
  releaseTaken,
  removeQuarantined,
  retryQuarantined,
} from "./quarantined.ts";
export { type RebuildReport, rebuildTables, WouldDropEventsError } from "./rebuild.ts";
export { type CareOptions, historicTotals } from "./shadow.ts";
