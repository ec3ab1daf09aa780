export type { CitationDirection } from "./adjacency.ts";
export type { Budget } from "./budget.ts";
export {
  type AdjacencyKind,
  type Answered,
  type GraphOptions,
  type GraphService,
  type GraphStatus,
  startGraph,
} from "./graph-service.ts";
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
export type { Relatedness } from "./questions/relatedness.ts";
export { type AnchorChainAnswer, anchorChainInSql } from "./sql/anchor-chain-in-sql.ts";
export type { TopWorksInput, WorkIds, WorkRank } from "./top-works.ts";
