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

export type SearchHit = ResultOf<typeof searchQuery>["search"]["edges"][number];

/** The limits of the API's `search`. */
export const maxQueryLength = 500;
const maxQueryTerms = 32;

/** Why the API would reject a query, for readers; null if it would not. */
export function queryProblem(query: string): string | null {
  if (query.length > maxQueryLength) return `Searches are limited to ${maxQueryLength} characters.`;
  const terms = query.match(/"[^"]*"?|[^\s"]+/g) ?? [];
  return terms.length > maxQueryTerms ? `Searches are limited to ${maxQueryTerms} words.` : null;
}
