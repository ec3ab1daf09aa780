export { findCitable } from "./citable-ref.ts";
export {
  type ChangeFollower,
  type Context,
  createContext,
  type Live,
  type PreparedReads,
  prepareContext,
  prepareReads,
  type Submit,
} from "./context.ts";
export { Deadline } from "./deadline.ts";
export { ApiError, badUserInput, clientCodeOf, comeAgainSeconds, type ErrorCode } from "./errors.ts";
export { executeToText } from "./execution/index.ts";
export { encodeGlobalId } from "./global-id.ts";
export { JsonText, stringifyResult } from "./json-text.ts";
export {
  costOf,
  defaultQueryLimits,
  documentErrors,
  parseWithin,
  type QueryLimits,
  variablesError,
} from "./limits/index.ts";
export { type Loaders, prepareLoaders, RowCache } from "./loaders/index.ts";
export { buildPaperDocument } from "./paper-document.ts";
export { schema } from "./schema.ts";
export {
  readSubmissions,
  refusedLinesOf,
  type SubmissionError,
  type SubmissionRow,
  submissionErrorOf,
} from "./submission-rows.ts";
