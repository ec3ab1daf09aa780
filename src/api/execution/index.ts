export { Allowance, Deadline, readInPortions, withoutLimit } from "./allowance.ts";
export { executeToText } from "./execute-to-text.ts";
export { JsonText, stringifyResult } from "./json-text.ts";
export { boundFields } from "./paced-fields.ts";
export { costOf, priceFields } from "./query-cost.ts";
export {
  defaultQueryLimits,
  documentErrors,
  parseWithin,
  type QueryLimits,
  variablesError,
} from "./query-limits.ts";
export { greatestArgument, selectedFields } from "./selections.ts";
