import { ask } from "../api/ask.ts";
import { graphql, type ResultOf } from "../api/graphql.ts";
import { shownClaimFragment, shownPaperFragment, shownReferenceFragment } from "../api/shown-fragments.ts";

/** All that the API shows of a paper and that its bundle can be held against. */
export const serverWordQuery = graphql(
  `
  query ServerWord($ref: String!, $claimsAfter: String, $referencesAfter: String, $eventsAfter: String) {
    status {
      hasSample
    }
    paper(ref: $ref) {
      ...ShownPaper
      verdict {
        strongestClaim
        weakestAssumption
      }
      verification {
        proof
        recordHash
        receipt
        titleBinding
        claimsHash
        referencesHash
        equivocations
        invalidEvents
      }
      state {
        sha256
      }
      referenceCoverage {
        asserted
        internalAnchors
        resolvedWorks
      }
      claims(first: 100, after: $claimsAfter) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          ...ShownClaim
        }
      }
      references(first: 100, after: $referencesAfter) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          ...ShownReference
        }
      }
      events(first: 100, after: $eventsAfter) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          eventId
          status
          proof
          invalidReason
        }
      }
    }
  }
`,
  [shownPaperFragment, shownClaimFragment, shownReferenceFragment],
);

type Page = NonNullable<ResultOf<typeof serverWordQuery>["paper"]>;

/** What the API says of a paper, its lists whole. */
export type ServerWord = Omit<Page, "claims" | "references" | "events"> & {
  readonly claims: readonly Page["claims"]["nodes"][number][];
  readonly references: readonly Page["references"]["nodes"][number][];
  readonly events: readonly Page["events"]["nodes"][number][];
  /** Whether the sample is loaded. A lie gains nothing: the demo key is shown as proving nothing. */
  readonly hasSample: boolean;
};

/** Asks page after page until all lists are whole. Null where the paper is not held. */
export async function readServerWord(pithNumber: string, signal: AbortSignal): Promise<ServerWord | null> {
  const claims: Page["claims"]["nodes"] = [];
  const references: Page["references"]["nodes"] = [];
  const events: Page["events"]["nodes"] = [];
  let cursors: { claimsAfter?: string; referencesAfter?: string; eventsAfter?: string } = {};
  for (;;) {
    const { paper, status } = await ask(serverWordQuery, { ref: pithNumber, ...cursors }, signal);
    if (paper === null) return null;
    claims.push(...paper.claims.nodes);
    references.push(...paper.references.nodes);
    events.push(...paper.events.nodes);
    const lists = [paper.claims, paper.references, paper.events];
    if (!lists.some(({ pageInfo }) => pageInfo.hasNextPage)) {
      return { ...paper, claims, references, events, hasSample: status.hasSample };
    }
    // A list that has ended stays at its end, and adds nothing more.
    const [claimsAfter, referencesAfter, eventsAfter] = lists.map(({ pageInfo }) => pageInfo.endCursor);
    cursors = {
      ...cursors,
      ...(claimsAfter ? { claimsAfter } : {}),
      ...(referencesAfter ? { referencesAfter } : {}),
      ...(eventsAfter ? { eventsAfter } : {}),
    };
  }
}
