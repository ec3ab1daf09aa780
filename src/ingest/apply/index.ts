export { applyPlan, applyRows, takeWriteLock } from "./apply-plan.ts";
export {
  concernsQuarantine,
  quarantineColumns,
  quarantineRows,
  releaseAccepted,
  removeFromQuarantine,
  trustReasons,
  writeQuarantine,
} from "./quarantine.ts";
