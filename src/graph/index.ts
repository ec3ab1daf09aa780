export type { CitationDirection } from "./adjacency.ts";
export { type Budget, Meter } from "./budget.ts";
export {
  type GraphOptions,
  type GraphService,
  type GraphStatus,
  startGraph,
  type WithGraphVersion,
} from "./graph-service.ts";
export { degreeWithin, pageRank } from "./pagerank.ts";
export { longestChains } from "./paths.ts";
export {
  type CountedWork,
  type CountedWorksResult,
  type GraphQueryInput,
  type GraphQueryName,
  type GraphQueryResult,
  GraphUnavailableError,
  graphQueryNames,
  type NeighbourhoodResult,
  type RelatedWork,
} from "./queries.ts";
export { readGraphInSnapshot } from "./read-graph.ts";
export type { Relatedness } from "./relatedness.ts";
export { type AnchorChainAnswer, anchorChainInSql } from "./sql-anchor-chain.ts";
export { SqlRows } from "./sql-rows.ts";
export { neighbourhoodInSql } from "./sql-traversal.ts";
export type { TopWorksInput, WorkIds, WorkRank } from "./top-works.ts";
export { GraphVersion } from "./version.ts";
export { type PaperSummary, type Summaries, WorkSummary } from "./work-summary.ts";
