export { acquireEmbeddedServer, type EmbeddedServer, type EmbeddedServerOptions } from "./acquire.ts";
export { findBinaries } from "./binaries.ts";
export { inspectCluster } from "./cluster.ts";
export { EmbeddedServerError, type EmbeddedServerErrorCode } from "./errors.ts";
export { chooseServerUser } from "./server-user.ts";
