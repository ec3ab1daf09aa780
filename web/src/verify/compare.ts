import {
  ask,
  graphql,
  type ResultOf,
  shownClaimFragment,
  shownPaperFragment,
  shownReferenceFragment,
} from "../api/index.ts";
import type { VerifiedPaper } from "./verify-bundle.ts";

/** Where the server says one thing and the signed events another. Null: nothing. */
export type Difference = {
  readonly what: string;
  readonly server: string | null;
  readonly browser: string | null;
};

export type Comparison = {
  /** How many values were held against each other. */
  readonly compared: number;
  readonly differences: readonly Difference[];
};

/** Holds what the API says of a paper against what this browser made of its bundle, value by value. */
export function compare(server: ServerWord, browser: VerifiedPaper): Comparison {
  const differences: Difference[] = [];
  let compared = 0;
  const hold = (what: string, said: string | null | undefined, found: string | null | undefined) => {
    compared++;
    const [one, other] = [said || null, found || null];
    if (one !== other) differences.push({ what, server: one, browser: other });
  };
  hold("Pith number", server.pithNumber, browser.pithNumber);
  hold("record's hash", server.canonicalSha256, browser.canonicalSha256);
  hold("state's hash", server.state.sha256, browser.stateSha256);
  hold("proof", server.verification.proof, browser.proof);
  hold("number of forks", String(server.verification.equivocations), String(browser.equivocations));
  hold("number of invalid events", String(server.verification.invalidEvents), String(browser.invalidEvents));
  for (const name of checkNames) {
    hold(`outcome of the check “${name}”`, server.verification[name], browser.checks[name]);
  }

  const said = fieldsOfServer(server);
  for (const name of new Set([...said.keys(), ...browser.fields.keys()])) {
    // A time in a form that mirrors read loosely.
    if (name === "time of submission" && !browser.fields.has(name)) continue;
    hold(name, said.get(name), browser.fields.get(name));
  }

  const events = new Map(server.events.map((event) => [event.eventId, event]));
  for (const { id, status, proof, invalidReason } of browser.events) {
    const name = `event ${id.slice(0, 19)}…`;
    const event = events.get(id);
    events.delete(id);
    hold(name, event && describe(event), describe({ status, proof, invalidReason }));
  }
  for (const [id, event] of events) hold(`event ${id.slice(0, 19)}…`, describe(event), null);
  return { compared, differences };
}

export const checkNames = ["recordHash", "receipt", "titleBinding", "claimsHash", "referencesHash"] as const;

function describe(event: {
  readonly status: string;
  readonly proof: string | null;
  readonly invalidReason: string | null;
}): string {
  return [event.status, event.proof, event.invalidReason].filter((part) => part !== null).join(", ");
}

/** The same fields as `fieldsOfEvents` has, of what the API says. */
function fieldsOfServer(paper: ServerWord): Map<string, string | null> {
  const fields = new Map<string, string | null>([
    ["source", `${paper.source.kind}:${paper.source.identifier}`],
    ["source version", textOf(paper.source.version)],
    ["time of submission", paper.submittedAt],
    ["primary category", paper.primaryCategory],
    ["other categories", paper.crossCategories.join(", ")],
    ["license", paper.license],
    ["title", paper.title],
    ["authors", paper.authors.join(", ")],
    ["abstract", paper.abstractExcerpt],
    ["headline", paper.headline],
    ["strongest claim of the machine reading", paper.verdict?.strongestClaim ?? null],
    ["weakest assumption of the machine reading", paper.verdict?.weakestAssumption ?? null],
    ["number of references asserted", textOf(paper.referenceCoverage.asserted)],
    ["number of internal anchors asserted", textOf(paper.referenceCoverage.internalAnchors)],
    ["number of resolved works asserted", textOf(paper.referenceCoverage.resolvedWorks)],
    ["number of claims", String(paper.claims.length)],
    ["number of references listed", String(paper.references.length)],
  ]);
  for (const [index, claim] of paper.claims.entries()) {
    const { claimId, kind, status, attestation, source, text } = claim;
    const parts = [claimId, kind.toLowerCase(), status, attestation, source ?? "", text];
    fields.set(`claim ${index + 1}`, parts.join(" · "));
  }
  for (const [index, reference] of paper.references.entries()) {
    const { refIndex, title, year, citedArxivId, doi, isInternalAnchor } = reference;
    const parts = [refIndex, title, year, citedArxivId, doi, isInternalAnchor ? "internal anchor" : ""];
    fields.set(`reference ${index + 1}`, parts.map((part) => String(part ?? "")).join(" · "));
  }
  return fields;
}

function textOf(count: number | null): string | null {
  return count === null ? null : String(count);
}

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
