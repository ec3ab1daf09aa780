export { createGraphqlHandler } from "./handler.ts";
export type { LogError } from "./mask-error.ts";
export type { StreamTimes } from "./responses.ts";
export { defaultRowCacheSize, type GraphqlSettings, graphqlSettings } from "./settings.ts";
