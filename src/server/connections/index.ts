export { Connections } from "./connections.ts";
export { type ConnectionLimits, connectionLimits, defaultUnreadBytes } from "./limits.ts";
