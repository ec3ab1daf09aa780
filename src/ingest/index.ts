export { type CheckReport, checkTables, type Difference } from "./care/check.ts";
export {
  listQuarantine,
  type Retried,
  type RetryOptions,
  readQuarantined,
  removeQuarantined,
  retryQuarantined,
} from "./care/quarantined.ts";
export { type RebuildReport, rebuildTables, WouldDropEventsError } from "./care/rebuild.ts";
export type { CareOptions } from "./care/shadow.ts";
export { type DryRun, planIngest, printChanges } from "./dry-run.ts";
export { type IngestOptions, ingest } from "./ingest.ts";
export { ingestBatch } from "./pipeline.ts";
export type { PaperRow } from "./project/paper.ts";
export { projectTarget } from "./project/target.ts";
export type { DocumentResult, IngestSummary } from "./results.ts";
export { type Delivered, type FileSource, findSources, readSource, SourceError } from "./sources/files.ts";
export { createIngestThreads, type IngestThreads } from "./threads/ingest-threads.ts";
export type { AdmissionPolicy, RawDocument, Rejection, VerifiedDocument } from "./verify.ts";
export { receive } from "./verify.ts";
