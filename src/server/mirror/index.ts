export { createMirrorHandlers, type MirrorHandlers } from "./handlers.ts";
