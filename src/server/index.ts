export { type App, type AppOptions, createApp } from "./app.ts";
export { connectionLimits } from "./connections.ts";
export { type GraphqlSettings, graphqlSettings } from "./graphql/index.ts";
export { createReadiness } from "./health.ts";
export type { LogError } from "./mask-error.ts";
export { type MetricsListener, startMetricsListener } from "./metrics-listener.ts";
export {
  type ListeningServer,
  listen,
  type RunningServer,
  type ServerOptions,
  startServer,
} from "./start.ts";
