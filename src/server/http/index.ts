export { explainRefusal, findSubmitter, type Submitter } from "./bearer-tokens.ts";
export { isMatched, isNamedBy, sendUnmodified, strongTag, weakTag } from "./conditional-requests.ts";
export {
  type AcceptedTypes,
  acceptedEncoding,
  acceptedTypes,
  asksForPage,
  type Encoding,
  type JsonType,
} from "./content-negotiation.ts";
export { type CorsSettings, corsHeaders, crossSiteRefusal, openCors, preflightHeaders } from "./cors.ts";
export {
  BodyError,
  discardBody,
  isUtf8Address,
  RetryLaterError,
  readChunks,
  readText,
  tooLarge,
} from "./request-body.ts";
export {
  databaseAwayExtensions,
  databaseAwayText,
  GoneError,
  send,
  sendAsRead,
  sendBody,
  sendError,
  sendFailure,
  sendJson,
  unavailableHttp,
  untilDrained,
} from "./responses.ts";
export {
  answerRoute,
  createRouter,
  type Found,
  pathOf,
  queryOf,
  type Route,
  readOnly,
  useOriginForm,
} from "./router.ts";
export { inTime, type TimedRead } from "./time-limit.ts";
