export { lookupsIn } from "./postgres-lookups.ts";
export { mergeCacheOf } from "./stored-logs.ts";
export { groupByPaper, type RequestedEvents, readStored } from "./stored-papers.ts";
