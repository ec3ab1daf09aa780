import {
  bareWorkFragment,
  graphql,
  provenanceFragment,
  type ResultOf,
  shownPaperFragment,
  verificationFragment,
} from "../../api/index.ts";

/** A registry's id of a work (UUID) names no paper, so no paper is queried by it. */
export const workQuery = graphql(
  `
    query Work($ref: String!) {
      work(ref: $ref) {
        ...BareWork
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
  [bareWorkFragment],
);

/** What stands at the top of a paper's page, and beside it. */
export const paperQuery = graphql(
  `
    query Paper($ref: String!) {
      paper(ref: $ref) {
        ...ShownPaper
        shortPithNumber
        aliases {
          kind
          value
        }
        recordProvenance {
          ...Provenance
        }
        snapshotProvenance {
          ...Provenance
        }
        verdict {
          oneLineSummary
          strongestClaim
          weakestAssumption
          modelSet
          pipelineVersion
          createdAt
          provenance {
            ...Provenance
          }
        }
        verification {
          ...ShownVerification
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
              ...ShownVerification
            }
          }
        }
      }
      work(ref: $ref) {
        ...BareWork
        papers {
          pithNumber
          source {
            version
          }
        }
      }
    }
  `,
  [provenanceFragment, bareWorkFragment, shownPaperFragment, verificationFragment],
);

export type PaperAnswer = NonNullable<ResultOf<typeof paperQuery>["paper"]>;
export type WorkAnswer = NonNullable<ResultOf<typeof paperQuery>["work"]>;
