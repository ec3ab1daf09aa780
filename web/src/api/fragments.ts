import { graphql } from "./client.ts";

/*
 * Fields that several views query. What a paper's page shows of record, claims and references is also what the browser
 * compares with the paper's documents (web/src/verify).
 */

export const signerFragment = graphql(`
  fragment ShownSigner on Signer {
    signerId
    keyId
    origin
  }
`);

export const provenanceFragment = graphql(
  `
    fragment Provenance on Provenance {
      proof
      signer {
        ...ShownSigner
      }
    }
  `,
  [signerFragment],
);

/** What names a work. */
export const namedWorkFragment = graphql(`
  fragment NamedWork on Work {
    workIds
    arxivId
    doi
    title
    year
    statedYear
  }
`);

/** How far a paper is proved, and whose word it is: what `ProofChip` shows. */
export const verificationFragment = graphql(
  `
    fragment ShownVerification on Verification {
      proof
      receipt
      signer {
        ...ShownSigner
      }
    }
  `,
  [signerFragment],
);

/** A work, whether or not its paper is stored. */
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
export const listedPaperFragment = graphql(
  `
    fragment ListedPaper on Paper {
      pithNumber
      title
      authors
      submittedAt
      work {
        citedByCount
      }
      verification {
        ...ShownVerification
      }
    }
  `,
  [verificationFragment],
);

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
      identifier
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

/** The name by which a work is queried. */
export function refOf({
  arxivId,
  doi,
  workIds,
}: {
  readonly arxivId: string | null;
  readonly doi: string | null;
  readonly workIds: readonly string[];
}): string {
  return arxivId ?? doi ?? workIds[0] ?? "";
}
