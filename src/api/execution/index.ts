export { executeToText } from "./execute-to-text.ts";
export { JsonText, stringifyResult } from "./json-text.ts";
export { LazyList, limitFields } from "./paced-fields.ts";
export { costOf, priceFields } from "./query-cost.ts";
export {
  defaultQueryLimits,
  documentErrors,
  parseWithin,
  type QueryLimits,
  variablesError,
} from "./query-limits.ts";
export { Allowance, Deadline, readInPortions, unlimitedAllowance } from "./request-limits.ts";
export { maxArgument, selectedFields } from "./selections.ts";
