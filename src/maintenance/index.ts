export { BackupError, DatabaseNotEmptyError, readBackup, writeBackup } from "./backup.ts";
export { checkTables, type Difference } from "./check.ts";
export {
  listQuarantine,
  minimumProofOf,
  type QuarantineRow,
  type RetryCounts,
  type RetryQuarantineOptions,
  readQuarantined,
  removeAccepted,
  removeQuarantined,
  retryQuarantined,
} from "./quarantine.ts";
export { rebuildTables, WouldDropEventsError } from "./rebuild.ts";
