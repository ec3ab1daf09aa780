import { bareWorkFragment, graphql, type ResultOf, verificationFragment } from "../api/index.ts";

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
              ...ShownVerification
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
            ...BareWork
          }
        }
      }
    }
  }
`,
  [bareWorkFragment, verificationFragment],
);

export type Found = ResultOf<typeof searchQuery>["search"]["edges"][number];

/** The limits of the API's `search`. */
export const longestQuery = 500;
const mostTerms = 32;

/** Why the API refuses a query, as people read it; null where it does not. */
export function refusalOf(query: string): string | null {
  if (query.length > longestQuery) return `Searches are limited to ${longestQuery} characters.`;
  const terms = query.match(/"[^"]*"?|[^\s"]+/g) ?? [];
  return terms.length > mostTerms ? `Searches are limited to ${mostTerms} words.` : null;
}
