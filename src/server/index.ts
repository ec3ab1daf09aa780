export { type App, createApp } from "./app.ts";
export { defaultUnreadLimits } from "./connection-limits.ts";
export { type GraphqlSettings, graphqlSettings } from "./graphql/index.ts";
export { createReadinessCheck } from "./health.ts";
export {
  type ListeningServer,
  type RunningServer,
  startListening,
  startServer,
} from "./listen.ts";
export { type MetricsServer, startMetricsServer } from "./metrics-server.ts";
