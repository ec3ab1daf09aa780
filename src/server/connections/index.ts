export { Connections } from "./connections.ts";
export { endedConnections } from "./ended-connections.ts";
export { type ConnectionLimits, connectionLimits, defaultUnreadBytes } from "./limits.ts";
