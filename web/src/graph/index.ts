export { type Position, type Positions, radiusOf } from "./geometry.ts";
export {
  type ChangePlace,
  type Colouring,
  depths,
  type GraphPlace,
  readGraphPlace,
  sizes,
  writeGraphPlace,
} from "./graph-url.ts";
export { useGraph, useLayout } from "./hooks.ts";
export {
  type Citation,
  type Counts,
  countsWithin,
  emptyNeighbourhood,
  type GraphWork,
  type Neighbourhood,
  nameOf,
  nameOfCitation,
  neighboursWithin,
  onlyWork,
} from "./neighbourhood.ts";
export { type Colours, coloursFor, type Shape, shapeLegend, shapeOf } from "./palette.ts";
export {
  type FoundPath,
  type GraphAnswer,
  neighbourhoodQuestion,
  pathQuestion,
  workNameQuestion,
} from "./queries.ts";
export { placeOf, type Tick, type TimeScale, timeTicks } from "./time-layout.ts";
export { labelOf } from "./work-label.ts";
