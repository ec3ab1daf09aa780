export { ChangeWatch } from "./change-watch.ts";
export { DocumentBuilder } from "./documents/document-builder.ts";
export { createMirrorRoutes, type MirrorOptions, type MirrorRoute } from "./routes.ts";
