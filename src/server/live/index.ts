export { ChangeWatch, type Wait } from "./change-watch.ts";
export { LiveChanges } from "./live-changes.ts";
