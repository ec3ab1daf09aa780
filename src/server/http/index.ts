export {
  BodyError,
  discardBody,
  isUtf8Address,
  RetryLaterError,
  readChunks,
  readText,
  tooLarge,
} from "./body.ts";
export { isMatched, isNamedBy, sendUnmodified, strongTag, weakTag } from "./conditional.ts";
export { type CorsSettings, corsHeaders, crossSiteRefusal, openCors, preflightHeaders } from "./cors.ts";
export {
  type AcceptedTypes,
  acceptedEncoding,
  acceptedTypes,
  asksForPage,
  type Encoding,
  type JsonType,
} from "./negotiation.ts";
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
export { sendImmutable, sendPage } from "./static-file.ts";
export { inTime, type TimedRead } from "./timed-answer.ts";
