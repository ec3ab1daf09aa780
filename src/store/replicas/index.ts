export { type Position, parsePosition, positionText } from "./position.ts";
export { primaryServer, type ReadServer } from "./read-server.ts";
export { ReadServers, type ReadServersOptions } from "./read-servers.ts";
export type { ReplicaStatus } from "./replica.ts";
