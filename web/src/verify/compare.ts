import {
  claimFragment,
  graphql,
  paperFragment,
  type ResultOf,
  referenceFragment,
  request,
} from "../api/index.ts";
import type { VerifiedPaper } from "./verify-bundle.ts";

/** A value that differs between the server and the signed events. Null means none. */
export type Difference = {
  readonly what: string;
  readonly server: string | null;
  readonly browser: string | null;
};

export type Comparison = {
  /** How many values were compared. */
  readonly compared: number;
  readonly differences: readonly Difference[];
};

/** Compares the API's values of a paper with those that this browser computed from its bundle. */
export function compare(server: ServerInfo, browser: VerifiedPaper): Comparison {
  const differences: Difference[] = [];
  let compared = 0;
  const check = (what: string, serverFields: string | null | undefined, found: string | null | undefined) => {
    compared++;
    const [one, other] = [serverFields || null, found || null];
    if (one !== other) differences.push({ what, server: one, browser: other });
  };
  check("Pith number", server.pithNumber, browser.pithNumber);
  check("record's hash", server.canonicalSha256, browser.canonicalSha256);
  check("state's hash", server.state.sha256, browser.stateSha256);
  check("proof", server.verification.proof, browser.proof);
  check("number of forks", String(server.verification.equivocations), String(browser.equivocations));
  check("number of invalid events", String(server.verification.invalidEvents), String(browser.invalidEvents));
  for (const name of checkNames) {
    check(`outcome of the check “${name}”`, server.verification[name], browser.checks[name]);
  }

  const serverFields = readServerFields(server);
  for (const name of new Set([...serverFields.keys(), ...browser.fields.keys()])) {
    // A time in a form that mirrors read leniently.
    if (name === "time of submission" && !browser.fields.has(name)) continue;
    check(name, serverFields.get(name), browser.fields.get(name));
  }

  const events = new Map(server.events.map((event) => [event.eventId, event]));
  for (const { id, status, proof, invalidReason } of browser.events) {
    const name = `event ${id.slice(0, 19)}…`;
    const event = events.get(id);
    events.delete(id);
    check(name, event && describe(event), describe({ status, proof, invalidReason }));
  }
  for (const [id, event] of events) check(`event ${id.slice(0, 19)}…`, describe(event), null);
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

/** The fields of `readBundleFields`, from the API's response. */
function readServerFields(paper: ServerInfo): Map<string, string | null> {
  const fields = new Map<string, string | null>([
    ["source", `${paper.source.kind}:${paper.source.identifier}`],
    ["source version", numberText(paper.source.version)],
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
    ["number of references asserted", numberText(paper.referenceCoverage.asserted)],
    ["number of internal anchors asserted", numberText(paper.referenceCoverage.internalAnchors)],
    ["number of resolved works asserted", numberText(paper.referenceCoverage.resolvedWorks)],
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

function numberText(count: number | null): string | null {
  return count === null ? null : String(count);
}

/** Every value of the API that can be compared with a paper's bundle. */
export const serverInfoQuery = graphql(
  `
  query ServerInfo($ref: String!, $claimsAfter: String, $referencesAfter: String, $eventsAfter: String) {
    status {
      hasSample
    }
    paper(ref: $ref) {
      ...PaperFields
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
          ...ClaimFields
        }
      }
      references(first: 100, after: $referencesAfter) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          ...ReferenceFields
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
  [paperFragment, claimFragment, referenceFragment],
);

type Page = NonNullable<ResultOf<typeof serverInfoQuery>["paper"]>;

/** The API's values of a paper, with complete lists. */
export type ServerInfo = Omit<Page, "claims" | "references" | "events"> & {
  readonly claims: readonly Page["claims"]["nodes"][number][];
  readonly references: readonly Page["references"]["nodes"][number][];
  readonly events: readonly Page["events"]["nodes"][number][];
  /** Whether the sample is loaded. A false value gains nothing: the demo key is shown as proving nothing. */
  readonly hasSample: boolean;
};

/** Loads all pages of all lists. Null if the server does not have the paper. */
export async function fetchServerInfo(pithNumber: string, signal: AbortSignal): Promise<ServerInfo | null> {
  const claims: Page["claims"]["nodes"] = [];
  const references: Page["references"]["nodes"] = [];
  const events: Page["events"]["nodes"] = [];
  let cursors: { claimsAfter?: string; referencesAfter?: string; eventsAfter?: string } = {};
  for (;;) {
    const { paper, status } = await request(serverInfoQuery, { ref: pithNumber, ...cursors }, signal);
    if (paper === null) return null;
    claims.push(...paper.claims.nodes);
    references.push(...paper.references.nodes);
    events.push(...paper.events.nodes);
    const lists = [paper.claims, paper.references, paper.events];
    if (!lists.some(({ pageInfo }) => pageInfo.hasNextPage)) {
      return { ...paper, claims, references, events, hasSample: status.hasSample };
    }
    // The cursor of a finished list stays at its end and adds nothing.
    const [claimsAfter, referencesAfter, eventsAfter] = lists.map(({ pageInfo }) => pageInfo.endCursor);
    cursors = {
      ...cursors,
      ...(claimsAfter ? { claimsAfter } : {}),
      ...(referencesAfter ? { referencesAfter } : {}),
      ...(eventsAfter ? { eventsAfter } : {}),
    };
  }
}
