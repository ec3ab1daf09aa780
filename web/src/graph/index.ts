export { nodeRadius, type Position, type Positions } from "./geometry.ts";
export {
  type Colouring,
  depthChoices,
  formatGraphParams,
  type GraphParams,
  maxWorksChoices,
  parseGraphParams,
  type UpdateParams,
} from "./graph-url.ts";
export { useGraph, useLayout } from "./hooks.ts";
export {
  type Citation,
  citationKey,
  countLinks,
  emptyNeighbourhood,
  findNeighbours,
  type GraphWork,
  type LinkCounts,
  type Neighbourhood,
  singleWork,
  workName,
} from "./neighbourhood.ts";
export { type ColourScheme, createColourScheme, type Shape, shapeLegend, shapeOfTrust } from "./palette.ts";
export {
  type LoadedGraph,
  neighbourhoodQuery,
  type PathResult,
  pathQuery,
  workRefQuery,
} from "./queries.ts";
export { type Tick, type TimeScale, timeTicks, xOfDate } from "./time-layout.ts";
export { workLabel } from "./work-label.ts";
