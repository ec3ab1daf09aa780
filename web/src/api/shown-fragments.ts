import { graphql } from "./graphql.ts";

/*
 * What several views ask for of the same thing. What a paper's page shows of record, claims and references is also what
 * the browser holds the paper's documents against (web/src/verify).
 */

/** What names a work. */
export const namedWorkFragment = graphql(`
  fragment NamedWork on Work {
    workIds
    arxivId
    doi
    title
    year
  }
`);

/** A work of which no paper need be held. */
export const bareWorkFragment = graphql(
  `
    fragment BareWork on Work {
      id
      ...NamedWork
      citedByCount
    }
  `,
  [namedWorkFragment],
);

/** A paper in a list. */
export const listedPaperFragment = graphql(`
  fragment ListedPaper on Paper {
    pithNumber
    title
    submittedAt
    work {
      citedByCount
    }
    verification {
      proof
    }
  }
`);

/** What a paper's record and snapshot say of the paper itself. */
export const shownPaperFragment = graphql(`
  fragment ShownPaper on Paper {
    pithNumber
    canonicalSha256
    title
    authors
    abstractExcerpt
    headline
    submittedAt
    primaryCategory
    crossCategories
    license
    source {
      kind
      id
      version
    }
  }
`);

export const shownClaimFragment = graphql(`
  fragment ShownClaim on Claim {
    claimId
    kind
    text
    status
    attestation
    source
  }
`);

export const shownReferenceFragment = graphql(`
  fragment ShownReference on Reference {
    refIndex
    title
    year
    doi
    citedArxivId
    isInternalAnchor
  }
`);
