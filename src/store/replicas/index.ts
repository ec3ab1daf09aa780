export {
  mayAnswerElsewhere,
  type Position,
  parsePosition,
  positionText,
  primaryServer,
  type ReadServer,
} from "./read-server.ts";
export { ReadServers, type ReadServersOptions } from "./read-servers.ts";
export type { ReplicaStatus } from "./replica.ts";
