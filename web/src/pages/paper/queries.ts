import {
  graphql,
  paperFragment,
  provenanceFragment,
  type ResultOf,
  verificationFragment,
  workFragment,
} from "../../api/index.ts";

/** A work id (UUID) never names a paper, so `paper(ref:)` is not queried with one. */
export const workQuery = graphql(
  `
    query Work($ref: String!) {
      work(ref: $ref) {
        ...WorkSummary
        paper {
          pithNumber
        }
        papers {
          pithNumber
          source {
            version
          }
        }
      }
    }
  `,
  [workFragment],
);

/** The top and the side of a paper's page. */
export const paperQuery = graphql(
  `
    query Paper($ref: String!) {
      paper(ref: $ref) {
        ...PaperFields
        shortPithNumber
        aliases {
          kind
          value
        }
        recordProvenance {
          ...ProvenanceFields
        }
        snapshotProvenance {
          ...ProvenanceFields
        }
        verdict {
          oneLineSummary
          strongestClaim
          weakestAssumption
          modelSet
          pipelineVersion
          createdAt
          provenance {
            ...ProvenanceFields
          }
        }
        verification {
          ...VerificationFields
          recordHash
          titleBinding
          claimsHash
          referencesHash
          publishedStateHash
          equivocations
          invalidEvents
        }
        state {
          sha256
          eventCount
          validEventCount
        }
        referenceCoverage {
          asserted
          listed
          stored
          internalAnchors
          resolvedWorks
          complete
        }
        work {
          arxivId
          doi
          citedByCount
          papers {
            pithNumber
            title
            submittedAt
            source {
              version
            }
            verification {
              ...VerificationFields
            }
          }
        }
      }
      work(ref: $ref) {
        ...WorkSummary
        papers {
          pithNumber
          source {
            version
          }
        }
      }
    }
  `,
  [provenanceFragment, workFragment, paperFragment, verificationFragment],
);

export type PaperResult = NonNullable<ResultOf<typeof paperQuery>["paper"]>;
export type WorkResult = NonNullable<ResultOf<typeof paperQuery>["work"]>;
