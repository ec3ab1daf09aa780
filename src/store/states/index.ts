export { appliedEventIds, type BuiltDocument, buildDocument, type PaperDocument } from "./build-document.ts";
export { type PaperHead, readHeads } from "./paper-heads.ts";
export { isLarge, PaperStates, type Reader, type WantedDocument } from "./paper-states.ts";
export { QueueFullError } from "./turn-queue.ts";
