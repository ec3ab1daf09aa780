export type { StreamTimes } from "./event-stream.ts";
export { createGraphqlHandler } from "./handler.ts";
export { defaultRowCacheSize, type GraphqlSettings, graphqlSettings } from "./settings.ts";
