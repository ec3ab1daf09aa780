export { appliedEventIds, type BuiltDocument, buildDocument, type PaperDocument } from "./build-document.ts";
export { QueueFullError } from "./merge-thread.ts";
export {
  isLarge,
  type PaperHead,
  PaperStates,
  type Reader,
  readHeads,
  type WantedDocument,
} from "./paper-states.ts";
