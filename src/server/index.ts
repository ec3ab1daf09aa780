export { type App, type AppOptions, createApp } from "./app.ts";
export { type GraphqlSettings, graphqlSettings } from "./graphql/settings.ts";
export type { LogError } from "./mask-error.ts";
export {
  type ListeningServer,
  listen,
  type RunningServer,
  type ServerOptions,
  startServer,
} from "./start.ts";
