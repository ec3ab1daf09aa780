export { type Found, refusalOf, searchQuery } from "./query.ts";
export { FindBox, SuggestionBox } from "./search-box.tsx";
export { type ClaimKind, claimAnchor, claimKinds, FoundItem, foundAddress } from "./search-result.tsx";
