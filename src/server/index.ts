export { type App, type AppOptions, createApp } from "./app.ts";
export { connectionLimits } from "./connection-limits.ts";
export type { LogError } from "./graphql/index.ts";
export { type GraphqlSettings, graphqlSettings } from "./graphql/index.ts";
export { createReadiness } from "./health.ts";
export {
  type ListeningServer,
  listen,
  type RunningServer,
  type ServerOptions,
  startServer,
} from "./listen.ts";
export { type MetricsListener, startMetricsListener } from "./metrics-server.ts";
