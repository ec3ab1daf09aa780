import { graphql } from "./client.ts";

/**
 * Fields that several views query. The browser also compares the fields of the paper, its claims and its references
 * with the paper's bundle (verify/).
 */

export const signerFragment = graphql(`
  fragment SignerFields on Signer {
    signerId
    keyId
    origin
  }
`);

export const provenanceFragment = graphql(
  `
    fragment ProvenanceFields on Provenance {
      proof
      signer {
        ...SignerFields
      }
    }
  `,
  [signerFragment],
);

/** What identifies a work. */
export const workNameFragment = graphql(`
  fragment WorkName on Work {
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
    fragment VerificationFields on Verification {
      proof
      receipt
      signer {
        ...SignerFields
      }
    }
  `,
  [signerFragment],
);

/** A work, whether or not its paper is in this mirror. */
export const workFragment = graphql(
  `
    fragment WorkSummary on Work {
      id
      ...WorkName
      citedByCount
    }
  `,
  [workNameFragment],
);

/** A paper in a list. */
export const listedPaperFragment = graphql(
  `
    fragment PaperListItem on Paper {
      pithNumber
      title
      authors
      submittedAt
      work {
        citedByCount
      }
      verification {
        ...VerificationFields
      }
    }
  `,
  [verificationFragment],
);

/** What a paper's record and snapshot state about the paper itself. */
export const paperFragment = graphql(`
  fragment PaperFields on Paper {
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

export const claimFragment = graphql(`
  fragment ClaimFields on Claim {
    claimId
    kind
    text
    status
    attestation
    source
  }
`);

export const referenceFragment = graphql(`
  fragment ReferenceFields on Reference {
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
