export {
  gunzipped,
  linesOf,
  type Piece,
  readTextFile,
  skipByteOrderMark,
  wholeOf,
  withoutByteOrderMark,
} from "./document-stream.ts";
export { type DryRun, planIngest, printChanges } from "./dry-run.ts";
export type { FirstLoadOptions } from "./first-load.ts";
export { type IngestOptions, ingest } from "./ingest.ts";
export { createIngestThreads, IngestThread, type IngestThreads } from "./ingest-threads.ts";
export { ingestBatch, ingestVerified } from "./pipeline.ts";
export { type ProjectedPaper, projectTarget } from "./project-paper.ts";
export { removeFromQuarantine, trustReasons } from "./quarantine.ts";
export { countDocument, type DocumentResult, emptyIngestSummary, type IngestSummary } from "./results.ts";
export { storableText } from "./row-text.ts";
export { type FileSource, findSources, readSource, SourceError } from "./source-files.ts";
export { groupByPaper } from "./stored/index.ts";
export {
  type AdmissionPolicy,
  documentOfEvents,
  parseAndVerify,
  type Rejection,
  type SourceDocument,
  type VerifiedDocument,
} from "./verify.ts";
