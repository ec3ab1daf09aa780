export { removeFromQuarantine, trustReasons } from "./apply/index.ts";
export { type DryRun, planIngest, printChanges } from "./dry-run.ts";
export { type IngestOptions, ingest } from "./ingest.ts";
export { ingestBatch, ingestVerified } from "./pipeline.ts";
export type { PaperRow } from "./project/index.ts";
export { projectTarget, storable } from "./project/index.ts";
export type { DocumentResult, IngestSummary } from "./results.ts";
export { countDocument, emptyIngestSummary } from "./results.ts";
export {
  type Delivered,
  type FileSource,
  findSources,
  gunzipped,
  linesOf,
  type Piece,
  readSource,
  readTextFile,
  SourceError,
  skipByteOrderMark,
  wholeOf,
  withoutByteOrderMark,
} from "./sources/index.ts";
export { groupByPaper } from "./stored/index.ts";
export { createIngestThreads, type IngestThreads, StartedThread } from "./threads/index.ts";
export type { AdmissionPolicy, RawDocument, Rejection, VerifiedDocument } from "./verify.ts";
export { documentOfEvents, receive } from "./verify.ts";
