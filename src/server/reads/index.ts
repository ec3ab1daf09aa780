export { carriedPosition, malformedPosition, positionHeader, positionHeaders } from "./position-header.ts";
export type { PreparedServer } from "./prepared-server.ts";
export { RequestReads } from "./request-reads.ts";
