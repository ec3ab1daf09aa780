export { createMirrorRoutes, type MirrorOptions, type MirrorRoute } from "./routes.ts";
