export { ApiError, graphql, type ResultOf, request, type TadaDocumentNode, toApiError } from "./client.ts";
export {
  claimFragment,
  listedPaperFragment,
  paperFragment,
  provenanceFragment,
  referenceFragment,
  refOf,
  signerFragment,
  verificationFragment,
  workFragment,
  workNameFragment,
} from "./fragments.ts";
export { type Pages, RecentValues, usePages, useQuery } from "./hooks.ts";
export { type ConnectionState, subscribe } from "./subscription.ts";
