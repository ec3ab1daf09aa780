export { acquireEmbeddedServer, type EmbeddedServer, type EmbeddedServerOptions } from "./acquire.ts";
export { EmbeddedServerError, type EmbeddedServerErrorCode } from "./errors.ts";
