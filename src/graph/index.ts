export type { CitationDirection } from "./adjacency.ts";
export type { Budget } from "./budget.ts";
export { Meter } from "./budget.ts";
export {
  type AdjacencyKind,
  type Answered,
  type GraphOptions,
  type GraphService,
  type GraphStatus,
  startGraph,
} from "./graph-service.ts";
export { readGraphInSnapshot } from "./load/index.ts";
export {
  type Answer,
  type CountedAnswer,
  type CountedWork,
  GraphUnavailableError,
  type Input,
  type NeighbourhoodAnswer,
  type QuestionName,
  type Questions,
  questionNames,
  type RelatedWork,
} from "./question.ts";
export type { Relatedness } from "./questions/index.ts";
export { degreeWithin, longestChains, pageRank } from "./questions/index.ts";
export { type AnchorChainAnswer, anchorChainInSql, neighbourhoodInSql, SqlRows } from "./sql/index.ts";
export type { TopWorksInput, WorkIds, WorkRank } from "./top-works.ts";
export { GraphVersion } from "./version.ts";
