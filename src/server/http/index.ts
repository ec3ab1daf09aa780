export { bearerChallenge, explainRefusal, findSubmitter, type Submitter } from "./bearer-tokens.ts";
export {
  matchesIfMatch,
  matchesIfNoneMatch,
  sendUnmodified,
  strongTag,
  weakTag,
} from "./conditional-requests.ts";
export {
  type AcceptedTypes,
  acceptedEncoding,
  acceptedTypes,
  acceptsHtml,
  type Encoding,
  type JsonType,
} from "./content-negotiation.ts";
export { type CorsSettings, corsHeaders, csrfRefusal, openCors, preflightHeaders } from "./cors.ts";
export {
  BodyError,
  discardBody,
  isUtf8Address,
  RetryLaterError,
  readBodyChunks,
  readBodyText,
  tooLarge,
} from "./request-body.ts";
export {
  ClientDisconnectedError,
  databaseDownExtensions,
  databaseDownText,
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
  pathOf,
  queryOf,
  type Route,
  type RouteMatch,
  readOnly,
  rewriteAbsoluteForm,
} from "./router.ts";
export { type LimitedRead, withTimeLimit } from "./time-limit.ts";
