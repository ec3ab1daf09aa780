import { graphql, type ResultOf, verificationFragment, workFragment } from "../api/index.ts";

export const searchQuery = graphql(
  `
  query Search($query: String!, $first: Int!, $after: String) {
    search(query: $query, first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        cursor
        matchType
        passage {
          field
          parts {
            text
            isMatch
          }
        }
        node {
          __typename
          ... on Paper {
            pithNumber
            title
            authors
            submittedAt
            primaryCategory
            verification {
              ...VerificationFields
            }
          }
          ... on Claim {
            claimId
            kind
            paper {
              pithNumber
              title
            }
          }
          ... on Work {
            ...WorkSummary
          }
        }
      }
    }
  }
`,
  [workFragment, verificationFragment],
);

/** An edge of the results: the node, how it matched, and the matching passage. */
export type SearchHit = ResultOf<typeof searchQuery>["search"]["edges"][number];

/** The limits of the API's search: characters, and words or phrases. */
export const maxQueryLength = 500;
const maxQueryTerms = 32;

/** A message for the user that explains why the API would reject a query; null if it would not. */
export function queryProblem(query: string): string | null {
  if (query.length > maxQueryLength) return `Searches are limited to ${maxQueryLength} characters.`;
  const terms = query.match(/-?(?:"[^"]*"?|[^\s"]+)/g) ?? [];
  const count = terms.filter((term) => /[\p{L}\p{N}]/u.test(term)).length;
  return count > maxQueryTerms ? `Searches are limited to ${maxQueryTerms} words or phrases.` : null;
}
