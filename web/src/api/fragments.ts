import { graphql } from "./client.ts";

/**
 * Fields that several views query. The browser also compares the fields of the paper, its claims and its references
 * with the paper's bundle (verify/).
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

/** What identifies a work. */
export const workNameFragment = graphql(`
  fragment NamedWork on Work {
    workIds
    arxivId
    doi
    title
    year
    statedYear
  }
`);

/** How far a paper is proved and who signed it: the input of `ProofChip`. */
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

/** A work, whether or not its paper is in this mirror. */
export const workFragment = graphql(
  `
    fragment BareWork on Work {
      id
      ...NamedWork
      citedByCount
    }
  `,
  [workNameFragment],
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

/** What a paper's record and snapshot state about the paper itself. */
export const paperFragment = graphql(`
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

export const claimFragment = graphql(`
  fragment ShownClaim on Claim {
    claimId
    kind
    text
    status
    attestation
    source
  }
`);

export const referenceFragment = graphql(`
  fragment ShownReference on Reference {
    refIndex
    title
    year
    doi
    citedArxivId
    isInternalAnchor
  }
`);

/** The identifier by which a work is queried: its arXiv id, else its DOI, else its work id. */
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
