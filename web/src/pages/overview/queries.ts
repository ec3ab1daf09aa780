import { graphql, type ResultOf, signerFragment, workNameFragment } from "../../api/index.ts";

export const contentsQuery = graphql(`
  query Contents {
    status {
      papers
      works
      claims
      citations
      events
      invalidEvents
      rejectedDocuments
      rejections {
        scope
        code
        count
      }
      graphVersion
      softwareVersion
    }
  }
`);

export const anchorsQuery = graphql(`
  query Anchors($groupBy: AnchorGroup!) {
    anchorStats(groupBy: $groupBy) {
      group
      papers
      papersAsserting
      referencesAsserted
      referencesListed
      internalAnchorsAsserted
      internalAnchorsListed
      internalAnchorsStored
    }
  }
`);

export const topWorksQuery = graphql(
  `
  query TopWorks($by: WorkRank!) {
    topWorks(by: $by, first: 10) {
      nodes {
        rank
        score
        work {
          ...WorkName
          paper {
            pithNumber
          }
        }
      }
    }
  }
`,
  [workNameFragment],
);

export const eventFragment = graphql(
  `
  fragment OverviewEvent on Event {
    eventId
    type
    status
    invalidReason
    proof
    receivedAt
    signer {
      ...SignerFields
    }
    paper {
      pithNumber
      title
    }
  }
`,
  [signerFragment],
);

export const latestEventsQuery = graphql(
  `
    query LatestEvents {
      events(last: 10) {
        nodes {
          ...OverviewEvent
        }
      }
    }
  `,
  [eventFragment],
);

export const invalidEventsQuery = graphql(
  `
    query InvalidEvents {
      events(last: 10, filter: { statuses: [INVALID] }) {
        totalCount
        nodes {
          ...OverviewEvent
        }
      }
    }
  `,
  [eventFragment],
);

export const changesQuery = graphql(`
  subscription Changes($after: String) {
    paperChanged(afterPosition: $after) {
      position
      stateSha256
      paper {
        pithNumber
        title
      }
    }
  }
`);

export type RejectionCount = ResultOf<typeof contentsQuery>["status"]["rejections"][number];
export type AnchorStat = ResultOf<typeof anchorsQuery>["anchorStats"][number];
export type OverviewEvent = ResultOf<typeof eventFragment>;
export type Change = ResultOf<typeof changesQuery>["paperChanged"];
