export { costOf, priceFields } from "./cost.ts";
export {
  analysisBudget,
  graphLimits,
  loadPatienceMilliseconds,
  questionBudget,
  readWithin,
} from "./graph.ts";
export {
  defaultQueryLimits,
  documentErrors,
  parseWithin,
  type QueryLimits,
  variablesError,
} from "./limits.ts";
