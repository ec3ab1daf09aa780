export { carriedPosition, malformedPosition, positionHeaders } from "./position-header.ts";
export { type PreparedServer, RequestReads } from "./request-reads.ts";
