export {
  additionOf,
  aliasKey,
  emptyLog,
  type IncomingPaper,
  mergePaper,
  recordOf,
  storedOf,
} from "./merge-paper.ts";
export { type BatchPlan, planBatch, planNewPapers } from "./plan.ts";
export {
  type Answers,
  answerQuestions,
  CollisionError,
  type RowChange,
  refuseCollision,
} from "./planning.ts";
export type {
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
  Title,
  TitledReference,
  VoteCount,
  Work,
  WorkPaper,
} from "./questions.ts";
export { isBetterSource } from "./work-titles.ts";
