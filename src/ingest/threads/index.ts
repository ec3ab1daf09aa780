export { createIngestThreads, type IngestThreads } from "./ingest-threads.ts";
export { StartedThread } from "./started-thread.ts";
