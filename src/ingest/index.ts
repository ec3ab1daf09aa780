export type { Arrival, Delivery, DoorOptions, Rejection } from "./arrival.ts";
export { receive } from "./arrival.ts";
export { type IngestOptions, type IngestSummary, ingest } from "./ingest.ts";
export type { PaperRow } from "./project/paper.ts";
export { projectTarget } from "./project/target.ts";
export { type Delivered, type FileSource, findSources, readSource, SourceError } from "./sources/files.ts";
export { type DocumentResult, takeIn } from "./take-in.ts";
export { createIngestThreads, type IngestThreads } from "./threads/ingest-threads.ts";
