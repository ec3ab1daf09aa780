export { BackupError, DatabaseNotEmptyError, readBackup, writeBackup } from "./backup.ts";
export { type CheckReport, checkTables, type Difference } from "./check.ts";
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
export { type RebuildReport, rebuildTables, WouldDropEventsError } from "./rebuild.ts";
export type { MaintenanceOptions } from "./shadow.ts";
