export { ChangeWatch } from "./change-watch.ts";
export { createMirrorRoutes, type MirrorOptions, type MirrorRoute } from "./routes.ts";
