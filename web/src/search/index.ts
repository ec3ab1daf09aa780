export { queryProblem, type SearchHit, searchQuery } from "./query.ts";
export { SearchBox, SuggestionBox } from "./search-box.tsx";
export { type ClaimKind, claimAnchor, claimKinds, hitUrl, SearchResult } from "./search-result.tsx";
