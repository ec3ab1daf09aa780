import { graphql, type ResultOf } from "../api/graphql.ts";
import { bareWorkFragment, verificationFragment } from "../api/shown-fragments.ts";

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
