export { AskError, ask, graphql, type ResultOf, type TadaDocumentNode, toApiError } from "./client.ts";
export {
  bareWorkFragment,
  listedPaperFragment,
  namedWorkFragment,
  provenanceFragment,
  refOf,
  shownClaimFragment,
  shownPaperFragment,
  shownReferenceFragment,
  signerFragment,
  verificationFragment,
} from "./fragments.ts";
export { type Pages, RecentValues, useAnswer, usePages } from "./hooks.ts";
export { type FollowState, follow } from "./subscription.ts";
