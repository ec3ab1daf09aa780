export type {
  CitingReferences,
  Evidence,
  Identifier,
  LogKey,
  PaperBefore,
  StoredEdge,
  StoredEvent,
  StoredLog,
  StoredPaper,
  StoredPapers,
  StoredReference,
  StoredWork,
  Title,
  TitledReference,
  VoteCount,
  WorkPaper,
} from "./lookups.ts";
export {
  additionOf,
  aliasKey,
  emptyLog,
  type IncomingPaper,
  mergePaper,
  parseRecord,
  storedOf,
} from "./merge-paper.ts";
export { type BatchPlan, planBatch, planNewPapers } from "./plan.ts";
export {
  CollisionError,
  type LookupSource,
  type RowChange,
  runPlanning,
  throwCollision,
} from "./planning.ts";
