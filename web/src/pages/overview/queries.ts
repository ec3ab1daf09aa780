import { graphql, namedWorkFragment, type ResultOf, signerFragment } from "../../api/index.ts";

export const holdingsQuestion = graphql(`
  query Holdings {
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

export const anchorsQuestion = graphql(`
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

export const ranksQuestion = graphql(
  `
  query Ranks($by: WorkRank!) {
    topWorks(by: $by, first: 10) {
      nodes {
        rank
        score
        work {
          ...NamedWork
          paper {
            pithNumber
          }
        }
      }
    }
  }
`,
  [namedWorkFragment],
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
      ...ShownSigner
    }
    paper {
      pithNumber
      title
    }
  }
`,
  [signerFragment],
);

export const latestEventsQuestion = graphql(
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

export const invalidEventsQuestion = graphql(
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

export const changesQuestion = graphql(`
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

export type RefusalCount = ResultOf<typeof holdingsQuestion>["status"]["rejections"][number];
export type AnchorStat = ResultOf<typeof anchorsQuestion>["anchorStats"][number];
export type OverviewEvent = ResultOf<typeof eventFragment>;
export type Change = ResultOf<typeof changesQuestion>["paperChanged"];
