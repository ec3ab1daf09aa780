export { type App, type AppOptions, createApp } from "./app.ts";
export type { LogError } from "./mask-error.ts";
export { type RunningServer, type ServerOptions, startServer } from "./start.ts";
