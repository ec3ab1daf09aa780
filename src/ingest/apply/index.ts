export { applyPlan, applyRows, takeWriteLock } from "./apply-plan.ts";
export {
  concernsQuarantine,
  quarantineColumns,
  quarantineRows,
  releaseAccepted,
  releaseDocuments,
  trustCodes,
  writeQuarantine,
} from "./quarantine.ts";
