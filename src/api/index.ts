export { encodeGlobalId } from "./builder.ts";
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
export { ApiError, badUserInput, clientCodeOf, type ErrorCode, retryAfterSeconds } from "./errors.ts";
export {
  costOf,
  Deadline,
  defaultQueryLimits,
  documentErrors,
  executeToText,
  JsonText,
  parseWithin,
  type QueryLimits,
  stringifyResult,
  variablesError,
} from "./execution/index.ts";
export {
  buildPaperDocument,
  currentSummaries,
  findCitable,
  type Loaders,
  paperColumns,
  prepareLoaders,
  RowCache,
  workColumns,
} from "./loaders/index.ts";
export { schema } from "./schema.ts";
export {
  readSubmissions,
  rejectedEventLines,
  type SubmissionError,
  type SubmissionRow,
  submissionErrorOf,
} from "./submission.ts";
